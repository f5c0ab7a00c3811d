package dev.promptlab.generate;

import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.paging.Page;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A page of a list as callers see it.
 *
 * @param nextCursor where the next page begins; absent: this is the last one
 */
record ListBody<T>(List<T> items, Optional<String> nextCursor) {

  /**
   * The reply with a page.
   *
   * @param cursor of its last item; asked only if something comes after it
   */
  static <T> ApiReply reply(Page<T> page, Supplier<String> cursor) {
    return ApiReply.json(
        200,
        new ListBody<>(page.items(), page.more() ? Optional.of(cursor.get()) : Optional.empty()));
  }
}
