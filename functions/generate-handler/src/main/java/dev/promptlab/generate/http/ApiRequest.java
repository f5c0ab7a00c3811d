package dev.promptlab.generate.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A request as API Gateway hands it over (HTTP API, payload format 2.0).
 *
 * @param query parameters, decoded; of one that is there twice, the values with a comma between
 * @param headers by lower-case name
 * @param body as it came, to be read through a duplicate
 * @param requestId the gateway's name for it, which is in its access log
 * @param invocationId Lambda's name for the invocation: what charges and waits go by. No client can
 *     choose it, and no other request has it; {@code sam local start-api} gives all requests one
 *     {@code requestId} (aws-sam-cli 9279)
 */
public record ApiRequest(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    ByteBuffer body,
    String sourceIp,
    String requestId,
    String invocationId) {

  /** The request in an event. A body in broken Base64 counts as an empty one. */
  public static ApiRequest of(APIGatewayV2HTTPEvent event, String invocationId) {
    APIGatewayV2HTTPEvent.RequestContext context = event.getRequestContext();
    if (context == null || context.getHttp() == null) {
      throw new IllegalArgumentException(
          "the event is no request of an HTTP API (payload format 2.0)");
    }
    Map<String, String> headers = new TreeMap<>();
    if (event.getHeaders() != null) {
      event
          .getHeaders()
          .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    }
    String path = event.getRawPath();
    // Clients of a stage other than $default see its name in the path; the routes do not.
    String stage = "/" + context.getStage();
    if (!stage.equals("/$default") && (path.equals(stage) || path.startsWith(stage + "/"))) {
      path = path.substring(stage.length());
    }
    return new ApiRequest(
        context.getHttp().getMethod(),
        path.isEmpty() ? "/" : path,
        Map.copyOf(Objects.requireNonNullElse(event.getQueryStringParameters(), Map.of())),
        headers,
        ByteBuffer.wrap(body(event)).asReadOnlyBuffer(),
        Objects.requireNonNullElse(context.getHttp().getSourceIp(), ""),
        context.getRequestId(),
        invocationId);
  }

  public Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  private static byte[] body(APIGatewayV2HTTPEvent event) {
    String body = Objects.requireNonNullElse(event.getBody(), "");
    if (!event.getIsBase64Encoded()) {
      return body.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return Base64.getDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
