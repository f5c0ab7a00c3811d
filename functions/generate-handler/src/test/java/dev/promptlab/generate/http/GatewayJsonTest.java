package dev.promptlab.generate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.tests.EventLoader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our own reading of events, beside that of Lambda's libraries. */
final class GatewayJsonTest {
  private static ApiRequest read(String json) throws IOException {
    InputStream bytes = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
    return ApiRequest.of(GatewayJson.read(bytes), "invocation");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "events/generate.json",
        "events/generate-duplicate.json",
        "events/generate-invalid-body.json",
        "events/get-job.json",
        "local/server/src/test/resources/apigateway-http-event.json"
      })
  void readsAnEvent_asLambdaDoes(String event) throws IOException {
    String file = "../../" + event;

    assertThat(read(Files.readString(Path.of(file))))
        .isEqualTo(ApiRequest.of(EventLoader.loadApiGatewayHttpEvent(file), "invocation"));
  }

  @Test
  void readsWhatIsNullOrMissing() throws IOException {
    ApiRequest request =
        read(
            """
            {"rawPath": "/jobs", "headers": null, "cookies": ["a=b"], "body": null,
             "requestContext": {"authorizer": {"jwt": {"claims": {"a": "b"}, "scopes": null}},
              "stage": "$default", "requestId": "id", "http": {"method": "GET"}}}
            """);

    assertThat(request.path()).isEqualTo("/jobs");
    assertThat(request.headers()).isEmpty();
    assertThat(request.query()).isEmpty();
    assertThat(request.body().remaining()).isZero();
    assertThat(request.sourceIp()).isEmpty();
  }

  @Test
  void readsABodyInBase64() throws IOException {
    ApiRequest request =
        read(
            """
            {"rawPath": "/generate", "body": "w6k=", "isBase64Encoded": true,
             "requestContext": {"stage": "$default", "requestId": "id", "http": {"method": "POST"}}}
            """);

    assertThat(StandardCharsets.UTF_8.decode(request.body().duplicate()).toString()).isEqualTo("é");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{\"rawPath\": {}}",
        "{\"headers\": [\"a\"]}",
        "{\"headers\": {\"a\": [\"b\"]}}",
        "{\"requestContext\": \"none\"}",
        "{\"rawPath\": \"/jobs\""
      })
  void failsOnWhatIsNoEvent(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"requestContext\": null}", "{\"requestContext\": {}}"})
  void saysWhichEventsAreRead(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("payload format 2.0");
  }

  @Test
  void writesAnAnswer() throws IOException {
    APIGatewayV2HTTPResponse answer =
        new ApiReply(200, Map.of("Content-Type", "application/json"), "{\"é\": \"\\n\"}")
            .toResponse();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    GatewayJson.write(answer, bytes);

    JsonNode json = new ObjectMapper().readTree(bytes.toByteArray());
    assertThat(json.path("statusCode").asInt()).isEqualTo(200);
    JsonNode headers = new ObjectMapper().valueToTree(answer.getHeaders());
    assertThat((Object) json.path("headers")).isEqualTo(headers);
    assertThat(json.path("body").asText()).isEqualTo("{\"é\": \"\\n\"}");
    assertThat(json.path("isBase64Encoded").asBoolean()).isFalse();
  }
}
