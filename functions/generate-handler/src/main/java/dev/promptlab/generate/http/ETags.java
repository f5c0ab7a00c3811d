package dev.promptlab.generate.http;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Conditional requests (RFC 9110, 13). */
public final class ETags {
  private ETags() {}

  /** Whether {@code If-None-Match} names this state: the caller has it already. */
  public static boolean noneMatch(ApiRequest request, String etag) {
    return tags(request, "if-none-match").anyMatch(tag -> matches(tag, etag));
  }

  /** The tags of a header; none if it is not there. */
  public static Stream<String> tags(ApiRequest request, String header) {
    Optional<String> tags = request.header(header);
    return tags.stream().flatMap(text -> Arrays.stream(text.split(","))).map(String::strip);
  }

  /** RFC 9110's weak comparison. */
  private static boolean matches(String tag, String etag) {
    return tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag);
  }
}
