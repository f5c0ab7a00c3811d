package dev.promptlab.local.server.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP request as API Gateway's HTTP API sees it, and the event of payload format 2.0 that it
 * makes of it for a {@code $default} route and stage.
 *
 * @param uri the request's target; only its raw path and raw query are used
 * @param headers names in any case, each with its values in the order received
 * @param sourceIp the address of the connection's other end
 * @param port where the request was received
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html">AWS
 *     Lambda proxy integrations for HTTP APIs</a>
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
public record GatewayRequest(
    String method,
    URI uri,
    String protocol,
    Map<String, List<String>> headers,
    byte[] body,
    String sourceIp,
    int port) {
  private static final String DEFAULT = "$default";
  private static final DateTimeFormatter COMMON_LOG_TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** What HTTP APIs pass on as text besides {@code text/*}; even form data is base64. */
  private static final Set<String> TEXT_TYPES =
      Set.of("application/json", "application/xml", "application/javascript");

  public APIGatewayV2HTTPEvent toEvent(String requestId, Instant time) {
    Map<String, String> eventHeaders = eventHeaders(time);
    Optional<String> text = textBody(eventHeaders.get("content-type"));
    return APIGatewayV2HTTPEvent.builder()
        .withVersion("2.0")
        .withRouteKey(DEFAULT)
        .withRawPath(decodedPath())
        .withRawQueryString(rawQuery())
        .withCookies(cookies())
        .withHeaders(eventHeaders)
        .withQueryStringParameters(queryParameters())
        .withRequestContext(requestContext(eventHeaders, requestId, time))
        .withBody(
            body.length == 0
                ? null
                : text.orElseGet(() -> Base64.getEncoder().encodeToString(body)))
        .withIsBase64Encoded(body.length > 0 && text.isEmpty())
        .build();
  }

  private RequestContext requestContext(
      Map<String, String> eventHeaders, String requestId, Instant time) {
    String domainName = eventHeaders.getOrDefault("host", "localhost").replaceFirst(":\\d+$", "");
    return RequestContext.builder()
        .withAccountId("123456789012")
        .withApiId("local")
        .withDomainName(domainName)
        .withDomainPrefix(domainName.split("\\.", 2)[0])
        .withHttp(
            RequestContext.Http.builder()
                .withMethod(method)
                .withPath(decodedPath())
                .withProtocol(protocol)
                .withSourceIp(sourceIp)
                .withUserAgent(eventHeaders.get("user-agent"))
                .build())
        .withRequestId(requestId)
        .withRouteKey(DEFAULT)
        .withStage(DEFAULT)
        .withTime(COMMON_LOG_TIME.format(time))
        .withTimeEpoch(time.toEpochMilli())
        .build();
  }

  /** Lower-case names, repeated headers joined by commas, cookies left out, the gateway's added. */
  private Map<String, String> eventHeaders(Instant time) {
    Map<String, String> joined = new TreeMap<>();
    headers.forEach(
        (name, values) ->
            joined.merge(
                name.toLowerCase(Locale.ROOT), String.join(",", values), (a, b) -> a + "," + b));
    joined.remove("cookie");
    joined.merge("x-forwarded-for", sourceIp, (received, ours) -> received + ", " + ours);
    joined.put("x-forwarded-port", Integer.toString(port));
    joined.put("x-forwarded-proto", "http");
    joined.putIfAbsent("x-amzn-trace-id", GatewayIds.traceRoot(time));
    return joined;
  }

  private @Nullable List<String> cookies() {
    List<String> cookies =
        headers.entrySet().stream()
            .filter(header -> header.getKey().equalsIgnoreCase("cookie"))
            .flatMap(header -> header.getValue().stream())
            .flatMap(value -> Stream.of(value.split(";")))
            .map(String::strip)
            .filter(cookie -> !cookie.isEmpty())
            .toList();
    return cookies.isEmpty() ? null : cookies;
  }

  /**
   * HTTP APIs hand on the path percent-decoded, in spite of the field's name, and what follows a
   * decoded question mark is lost (seen on live gateways; REST APIs and function URLs differ).
   */
  private String decodedPath() {
    String raw = Optional.ofNullable(uri.getRawPath()).filter(path -> !path.isEmpty()).orElse("/");
    if (uri.getScheme() == null && uri.getRawAuthority() != null) {
      // A target such as //x/generate: java.net.URI takes its first segment for a host.
      raw = "//" + uri.getRawAuthority() + raw;
    }
    String decoded = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    int questionMark = decoded.indexOf('?');
    return questionMark < 0 ? decoded : decoded.substring(0, questionMark);
  }

  private String rawQuery() {
    return Optional.ofNullable(uri.getRawQuery()).orElse("");
  }

  private @Nullable Map<String, String> queryParameters() {
    Map<String, List<String>> values =
        Arrays.stream(rawQuery().split("&"))
            .filter(pair -> !pair.isEmpty())
            .map(pair -> pair.split("=", 2))
            .collect(
                Collectors.groupingBy(
                    pair -> decoded(pair[0]),
                    TreeMap::new,
                    Collectors.mapping(
                        pair -> pair.length == 2 ? decoded(pair[1]) : "", Collectors.toList())));
    return values.isEmpty()
        ? null
        : values.entrySet().stream()
            .collect(
                Collectors.toMap(Map.Entry::getKey, entry -> String.join(",", entry.getValue())));
  }

  private static String decoded(String value) {
    return URLDecoder.decode(value, StandardCharsets.UTF_8);
  }

  /** Empty when the body has to travel as base64. */
  private Optional<String> textBody(@Nullable String contentType) {
    String type =
        contentType == null ? "" : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!type.startsWith("text/") && !TEXT_TYPES.contains(type)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      // Not text after all: base64 keeps the bytes, so that the function itself can refuse them.
      return Optional.empty();
    }
  }
}
