package dev.promptlab.generate.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.promptlab.json.StrictJson;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer.
 *
 * @param body JSON, or empty
 */
public record ApiReply(int status, Map<String, String> headers, String body) {
  public ApiReply {
    headers = Map.copyOf(headers);
  }

  public static ApiReply json(int status, Object body) {
    return of(status, "application/json", body);
  }

  public static ApiReply of(int status, String contentType, Object body) {
    return new ApiReply(status, Map.of("Content-Type", contentType), write(body));
  }

  public static ApiReply text(int status, String contentType, String body) {
    return new ApiReply(status, Map.of("Content-Type", contentType), body);
  }

  public static ApiReply empty(int status) {
    return new ApiReply(status, Map.of(), "");
  }

  public ApiReply with(String name, String value) {
    return with(Map.of(name, value));
  }

  public ApiReply with(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new ApiReply(status, all, body);
  }

  public APIGatewayV2HTTPResponse toResponse() {
    Map<String, String> all = new LinkedHashMap<>(headers);
    // Answers are somebody's own, and change.
    all.putIfAbsent("Cache-Control", "no-store");
    all.put("X-Content-Type-Options", "nosniff");
    return APIGatewayV2HTTPResponse.builder()
        .withStatusCode(status)
        .withHeaders(all)
        .withBody(body)
        .build();
  }

  private static String write(Object body) {
    try {
      return StrictJson.mapper().writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
