package dev.promptlab.local.server.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What goes back to the caller. The factories of fixed replies are the ones that API Gateway makes
 * itself.
 *
 * @param headers lower-case names, each with the values of one header line each
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record GatewayReply(int status, Map<String, List<String>> headers, byte[] body) {
  /** Set by the server itself from what it sends. */
  private static final Set<String> CONNECTION_HEADERS =
      Set.of("connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade");

  static GatewayReply requestEntityTooLarge() {
    return own(413, "Request Entity Too Large");
  }

  static GatewayReply internalServerError() {
    return own(500, "Internal Server Error");
  }

  static GatewayReply serviceUnavailable() {
    return own(503, "Service Unavailable");
  }

  private static GatewayReply own(int status, String message) {
    return new GatewayReply(
        status,
        Map.of("content-type", List.of("application/json")),
        "{\"message\":\"%s\"}".formatted(message).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The function's response as HTTP. A response without a usable status code or with a body that is
   * not the base64 it claims to be is malformed, and the caller gets 500; so does one of a handler
   * that set no status code at all, since the event class then says 0.
   */
  static GatewayReply of(@Nullable APIGatewayV2HTTPResponse response) {
    if (response == null) {
      return inferred("null");
    }
    int status = response.getStatusCode();
    if (status < 200 || status > 599) {
      return internalServerError();
    }
    try {
      return new GatewayReply(status, headersOf(response), bodyOf(response));
    } catch (IllegalArgumentException e) {
      return internalServerError();
    }
  }

  /** What the gateway makes of a function's result that is JSON but not a response. */
  private static GatewayReply inferred(String json) {
    return new GatewayReply(
        200,
        Map.of("content-type", List.of("application/json")),
        json.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] bodyOf(APIGatewayV2HTTPResponse response) {
    String body = Objects.requireNonNullElse(response.getBody(), "");
    return response.getIsBase64Encoded()
        ? Base64.getDecoder().decode(body)
        : body.getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, List<String>> headersOf(APIGatewayV2HTTPResponse response) {
    Map<String, List<String>> headers = new TreeMap<>();
    Objects.requireNonNullElse(response.getHeaders(), Map.<String, String>of())
        .forEach((name, value) -> headers.put(lower(name), List.of(value)));
    Objects.requireNonNullElse(response.getMultiValueHeaders(), Map.<String, List<String>>of())
        .forEach((name, values) -> headers.put(lower(name), List.copyOf(values)));
    List<String> cookies = Objects.requireNonNullElse(response.getCookies(), List.of());
    if (!cookies.isEmpty()) {
      List<String> all = new ArrayList<>(headers.getOrDefault("set-cookie", List.of()));
      all.addAll(cookies);
      headers.put("set-cookie", all);
    }
    headers.keySet().removeAll(CONNECTION_HEADERS);
    headers.putIfAbsent("content-type", List.of("text/plain;charset=UTF-8"));
    return headers;
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
