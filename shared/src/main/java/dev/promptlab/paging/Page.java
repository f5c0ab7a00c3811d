package dev.promptlab.paging;

import java.util.List;
import java.util.function.Function;

/**
 * A part of a list.
 *
 * @param more whether something comes after the last item
 */
public record Page<T>(List<T> items, boolean more) {
  public Page {
    items = List.copyOf(items);
  }

  /** The first {@code limit} of items, of which one more was asked for. */
  public static <T> Page<T> of(List<T> items, int limit) {
    return new Page<>(items.subList(0, Math.min(items.size(), limit)), items.size() > limit);
  }

  public <R> Page<R> map(Function<T, R> mapper) {
    return new Page<>(items.stream().map(mapper).toList(), more);
  }
}
