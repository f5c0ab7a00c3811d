package dev.promptlab.local.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.tests.EventLoader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayRequestTest {
  private static final Instant TIME = Instant.ofEpochMilli(1583348638390L);

  @Test
  void makesTheEventThatAwsDocuments_ofTheRequestBehindIt() {
    GatewayRequest request =
        new GatewayRequest(
            "POST",
            URI.create("/my/path?parameter1=value1&parameter1=value2&parameter2=value"),
            "HTTP/1.1",
            Map.of(
                "Host", List.of("id.execute-api.us-east-1.amazonaws.com:4000"),
                "User-Agent", List.of("agent"),
                "Content-Type", List.of("text/plain"),
                "Header1", List.of("value1"),
                "HEADER2", List.of("value1", "value2"),
                "Cookie", List.of("cookie1=a; cookie2=b"),
                "X-Amzn-Trace-Id", List.of("Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e")),
            "Hello from Lambda".getBytes(StandardCharsets.UTF_8),
            "192.0.2.1",
            4000);

    assertThat(request.toEvent("JKJaXmPLvHcESHA=", TIME))
        .isEqualTo(EventLoader.loadApiGatewayHttpEvent("apigateway-http-event.json"));
  }

  @Test
  void takesNoSegmentForAHost() {
    assertThat(request("//x/generate", Map.of(), new byte[0]).toEvent("id", TIME).getRawPath())
        .isEqualTo("//x/generate");
  }

  @Test
  void leavesOutWhatIsNotThere() {
    APIGatewayV2HTTPEvent event = request("/", Map.of(), new byte[0]).toEvent("id", TIME);

    assertThat(event.getBody()).isNull();
    assertThat(event.getIsBase64Encoded()).isFalse();
    assertThat(event.getQueryStringParameters()).isNull();
    assertThat(event.getCookies()).isNull();
    assertThat(event.getRawQueryString()).isEmpty();
    assertThat(event.getRequestContext().getHttp().getUserAgent()).isNull();
  }

  @Test
  void decodesThePathAndKeepsTheQueryRaw() {
    APIGatewayV2HTTPEvent event =
        request("/a%20b/%C3%BC+%2F?q=%C3%BC+x&empty=&bare&q=2", Map.of(), new byte[0])
            .toEvent("id", TIME);

    assertThat(event.getRawPath()).isEqualTo("/a b/ü+/");
    assertThat(event.getRequestContext().getHttp().getPath()).isEqualTo("/a b/ü+/");
    assertThat(event.getRawQueryString()).isEqualTo("q=%C3%BC+x&empty=&bare&q=2");
    assertThat(event.getQueryStringParameters())
        .isEqualTo(Map.of("q", "ü x,2", "empty", "", "bare", ""));
  }

  @Test
  void losesWhatFollowsADecodedQuestionMark() {
    assertThat(request("/users%3Fadmin", Map.of(), new byte[0]).toEvent("id", TIME).getRawPath())
        .isEqualTo("/users");
  }

  @Test
  void appendsTheSourceAddressToXForwardedFor() {
    assertThat(
            request("/", Map.of("X-Forwarded-For", List.of("10.0.0.1")), new byte[0])
                .toEvent("id", TIME)
                .getHeaders())
        .containsEntry("x-forwarded-for", "10.0.0.1, 192.0.2.1");
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain,                         false",
    "text/html; charset=utf-8,           false",
    "application/json,                   false",
    "Application/JSON; charset=UTF-8,    false",
    "application/xml,                    false",
    "application/javascript,             false",
    "application/vnd.api+json,           true",
    "application/x-www-form-urlencoded,  true",
    "application/octet-stream,           true",
    "multipart/form-data; boundary=x,    true",
    "'',                                 true"
  })
  void passesTextOnAsTextAndTheRestAsBase64(String contentType, boolean base64) {
    byte[] body = "{\"ü\":1}".getBytes(StandardCharsets.UTF_8);

    APIGatewayV2HTTPEvent event =
        request("/", Map.of("Content-Type", List.of(contentType)), body).toEvent("id", TIME);

    assertThat(event.getIsBase64Encoded()).isEqualTo(base64);
    assertThat(event.getBody())
        .isEqualTo(base64 ? Base64.getEncoder().encodeToString(body) : "{\"ü\":1}");
  }

  @Test
  void keepsTheBytesAsBase64_whenTextIsNotUtf8() {
    byte[] body = {'"', (byte) 0xC3, '"'};

    APIGatewayV2HTTPEvent event =
        request("/", Map.of("Content-Type", List.of("application/json")), body).toEvent("id", TIME);

    assertThat(event.getIsBase64Encoded()).isTrue();
    assertThat(Base64.getDecoder().decode(event.getBody())).isEqualTo(body);
  }

  private static GatewayRequest request(
      String uri, Map<String, List<String>> headers, byte[] body) {
    return new GatewayRequest("GET", URI.create(uri), "HTTP/1.1", headers, body, "192.0.2.1", 4000);
  }
}
