package dev.promptlab.local.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayReplyTest {
  @Test
  void makesHttpOfEveryFieldOfAResponse() {
    GatewayReply reply =
        GatewayReply.of(
            APIGatewayV2HTTPResponse.builder()
                .withStatusCode(202)
                .withHeaders(Map.of("Content-Type", "application/json", "Location", "/jobs/1"))
                .withMultiValueHeaders(Map.of("Link", List.of("<a>", "<b>")))
                .withCookies(List.of("a=1", "b=2; Secure"))
                .withBody("{\"ü\":1}")
                .build());

    assertThat(reply.status()).isEqualTo(202);
    assertThat(text(reply)).isEqualTo("{\"ü\":1}");
    assertThat(reply.headers())
        .isEqualTo(
            Map.of(
                "content-type", List.of("application/json"),
                "location", List.of("/jobs/1"),
                "link", List.of("<a>", "<b>"),
                "set-cookie", List.of("a=1", "b=2; Secure")));
  }

  @Test
  void decodesTheBody_whenItIsBase64() {
    assertThat(text(GatewayReply.of(ok().withBody("aGk=").withIsBase64Encoded(true).build())))
        .isEqualTo("hi");
  }

  @Test
  void saysPlainText_whenTheFunctionNamesNoContentType() {
    assertThat(GatewayReply.of(ok().withBody("hi").build()).headers())
        .isEqualTo(Map.of("content-type", List.of("text/plain;charset=UTF-8")));
  }

  @Test
  void keepsTheConnectionsOwnHeadersToItself() {
    Map<String, String> headers =
        Map.of("Content-Length", "1", "Connection", "close", "Transfer-Encoding", "chunked");

    assertThat(GatewayReply.of(ok().withHeaders(headers).build()).headers())
        .containsOnlyKeys("content-type");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 99, 101, 600})
  void isAnInternalServerError_whenTheStatusCodeIsNone(int statusCode) {
    GatewayReply reply =
        GatewayReply.of(APIGatewayV2HTTPResponse.builder().withStatusCode(statusCode).build());

    assertThat(reply.status()).isEqualTo(500);
    assertThat(text(reply)).isEqualTo("{\"message\":\"Internal Server Error\"}");
  }

  @Test
  void isAnInternalServerError_whenTheBodyIsNotTheBase64ItClaimsToBe() {
    assertThat(GatewayReply.of(ok().withBody("%%").withIsBase64Encoded(true).build()).status())
        .isEqualTo(500);
  }

  @Test
  void isTheResultAsJson_whenTheFunctionReturnsNothing() {
    GatewayReply reply = GatewayReply.of(null);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(text(reply)).isEqualTo("null");
    assertThat(reply.headers()).containsEntry("content-type", List.of("application/json"));
  }

  private static APIGatewayV2HTTPResponse.APIGatewayV2HTTPResponseBuilder ok() {
    return APIGatewayV2HTTPResponse.builder().withStatusCode(200);
  }

  private static String text(GatewayReply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }
}
