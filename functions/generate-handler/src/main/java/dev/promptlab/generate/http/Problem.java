package dev.promptlab.generate.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A refusal, as RFC 9457 describes it.
 *
 * @param slug names the kind: {@code urn:promptlab:problem:<slug>}
 * @param detail for people; never a key, a secret, SQL or a prompt
 * @param members further ones of the body
 * @param headers of the answer
 */
public record Problem(
    int status,
    String slug,
    String title,
    String detail,
    Map<String, Object> members,
    Map<String, String> headers) {
  /** Of a request with thousands of wrong fields the first few will do. */
  private static final int MAX_ERRORS = 20;

  /** What is wrong with one field of a request; an empty name means the body as a whole. */
  public record FieldError(String field, String message) {}

  public static Problem of(int status, String slug, String title, String detail) {
    return new Problem(status, slug, title, detail, Map.of(), Map.of());
  }

  public static Problem invalidRequest(List<FieldError> errors) {
    List<FieldError> shown = errors.subList(0, Math.min(errors.size(), MAX_ERRORS));
    String detail =
        shown.stream()
            .map(
                error ->
                    (error.field().isEmpty() ? "the body" : error.field()) + " " + error.message())
            .collect(Collectors.joining("; ", "", errors.size() > MAX_ERRORS ? "; and more" : ""));
    return of(400, "invalid-request", "The request is not usable", detail)
        .withMember("errors", shown);
  }

  public static Problem invalidRequest(String field, String message) {
    return invalidRequest(List.of(new FieldError(field, message)));
  }

  public Problem withMember(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(members);
    more.put(name, value);
    return new Problem(status, slug, title, detail, more, headers);
  }

  public Problem withHeader(String name, String value) {
    return withHeaders(Map.of(name, value));
  }

  public Problem withHeaders(Map<String, String> others) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.putAll(others);
    return new Problem(status, slug, title, detail, members, more);
  }

  public ApiReply toReply(ApiRequest request) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "urn:promptlab:problem:" + slug);
    body.put("title", title);
    body.put("status", status);
    body.put("detail", detail);
    body.put("instance", uriReference(request.path()));
    body.put("requestId", request.requestId());
    body.putAll(members);
    return ApiReply.of(status, "application/problem+json", body).with(headers);
  }

  /** The gateway hands paths over decoded. */
  private static String uriReference(String path) {
    return URLEncoder.encode(path, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
  }
}
