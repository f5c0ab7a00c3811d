package dev.promptlab.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way in which a body can be wrong. */
final class InvalidRequestTest {
  private static final String REST =
      "\"templateId\":\"cmjlfawzg0000pq6xyq5r78ws\",\"provider\":\"anthropic\"";

  private final ApiOnFakes api = new ApiOnFakes();

  private static String withInput(String input) {
    return "{" + REST + ",\"input\":" + input + "}";
  }

  private JsonNode refused(String body) {
    JsonNode problem = ApiOnFakes.problem(api.post(body), 400, "invalid-request");
    assertThat(api.queue.receive()).isEmpty();
    return problem;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{\"provider\":\"anthropic\",\"input\":\"x\"}                                   | templateId",
        "{\"templateId\":5,\"provider\":\"anthropic\",\"input\":\"x\"}                  | templateId",
        "{\"templateId\":\"a/b\",\"provider\":\"anthropic\",\"input\":\"x\"}            | templateId",
        "{\"templateId\":\"\",\"provider\":\"anthropic\",\"input\":\"x\"}               | templateId",
        "{\"templateId\":\"t\",\"input\":\"x\"}                                         | provider",
        "{\"templateId\":\"t\",\"provider\":\"Anthropic\",\"input\":\"x\"}              | provider",
        "{\"templateId\":\"t\",\"provider\":null,\"input\":\"x\"}                       | provider",
        "{\"templateId\":\"t\",\"provider\":\"openai\"}                                 | input",
        "{\"templateId\":\"t\",\"provider\":\"openai\",\"input\":7}                     | input",
        "{\"templateId\":\"t\",\"provider\":\"openai\",\"input\":null}                  | input",
        "{\"templateId\":\"t\",\"provider\":\"openai\",\"input\":{\"a\":[1]}}           | input",
        "{\"templateId\":\"t\",\"provider\":\"openai\",\"input\":\"x\",\"model\":\"m\"} | model",
      })
  void namesTheFieldThatIsWrong(String body, String field) {
    JsonNode errors = refused(body).get("errors");
    assertThat(errors)
        .singleElement()
        .satisfies(it -> assertThat(it.get("field").asText()).isEqualTo(field));
    assertThat(errors.get(0).get("message").asText()).isNotBlank();
  }

  @Test
  void namesEveryFieldThatIsWrong() {
    assertThat(refused("{\"more\":1}").get("errors").findValuesAsText("field"))
        .containsExactly("templateId", "provider", "input", "more");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[]",
        "null",
        "\"text\"",
        "{\"templateId\":\"t\",\"templateId\":\"t\",\"provider\":\"openai\",\"input\":\"x\"}",
        "{\"templateId\":\"t\",\"provider\":\"openai\",\"input\":\"x\"}{}",
        "{\"templateId\":\"t\",\"provider\":\"openai\",\"input\":\"\\u0000\"}",
        "{\"templateId\":\"t\",\"provider\":\"openai\",\"input\":\"\\ud800\"}",
        "{\"templateId\":\"t\",\"provider\":\"openai\",\"input\":{\"n\":9007199254740993}}",
        "{\"templateId\":\"t\",\"provider\":\"openai\",\"input\":{\"n\":1e999}}",
      })
  void refusesABodyThatIsNotOneUnambiguousObject(String body) {
    assertThat(refused(body).get("errors")).hasSize(1);
  }

  @Test
  void refusesDeepNesting() {
    refused("{\"input\":" + "[".repeat(50_000));
    refused(withInput("{\"a\":".repeat(100) + "1" + "}".repeat(100)));
  }

  @Test
  void refusesInvalidUtf8() {
    byte[] body = withInput("\"\u00e9\"").getBytes(StandardCharsets.ISO_8859_1);
    APIGatewayV2HTTPResponse reply =
        api.generate("").body(Base64.getEncoder().encodeToString(body), true).send();
    assertThat(ApiOnFakes.problem(reply, 400, "invalid-request").get("detail").asText())
        .isEqualTo("the body is not valid UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text/plain", "application/json5", "application/x-www-form-urlencoded", "json"})
  void refusesAnotherMediaType(String mediaType) {
    ApiOnFakes.problem(
        api.call("POST", "/generate")
            .header("content-type", mediaType)
            .body(withInput("\"x\""), false)
            .send(),
        415,
        "unsupported-media-type");
  }

  @Test
  void acceptsParametersOfTheMediaType() {
    assertThat(
            api.call("POST", "/generate")
                .header("CONTENT-TYPE", "Application/JSON; charset=utf-8")
                .body(withInput("\"x\""), false)
                .send()
                .getStatusCode())
        .isEqualTo(202);
  }

  @Test
  void refusesAnInputOrBodyThatIsTooLarge() {
    assertThat(api.post(withInput("\"" + "x".repeat(32 * 1024 - 2) + "\"")).getStatusCode())
        .isEqualTo(202);
    ApiOnFakes.problem(
        api.post(withInput("\"" + "x".repeat(32 * 1024 - 1) + "\"")), 413, "input-too-large");
    // Refused before it is parsed: this is not even JSON.
    ApiOnFakes.problem(api.post("x".repeat(256 * 1024 + 1)), 413, "input-too-large");
    // The largest input in its longest notation still passes.
    assertThat(api.post(withInput("\"" + "\\u0078".repeat(32 * 1024 - 2) + "\"")).getStatusCode())
        .isEqualTo(202);
  }

  @Test
  void refusesAProviderThatIsNotConfigured_namingThoseThatAre() {
    JsonNode problem =
        ApiOnFakes.problem(
            api.post("{\"templateId\":\"translate\",\"provider\":\"bedrock\",\"input\":\"x\"}"),
            400,
            "provider-not-configured");
    assertThat(problem.get("configured").toString()).isEqualTo("[\"anthropic\",\"openai\"]");
  }

  @Test
  void refusesATemplateThatDoesNotExist() {
    ApiOnFakes.problem(
        api.post("{\"templateId\":\"nope\",\"provider\":\"openai\",\"input\":\"x\"}"),
        404,
        "template-not-found");
  }

  @Test
  void namesVariablesThatDoNotFitTheTemplate() {
    JsonNode problem =
        refused(
            "{\"templateId\":\"translate\",\"provider\":\"openai\",\"input\":{\"from\":\"en\",\"too\":\"de\",\"text\":\"x\"}}");
    assertThat(problem.get("detail").asText())
        .isEqualTo(
            "input has no value for the template's placeholder \"to\"; input has a value for \"too\", which is no placeholder of the template");
  }

  @ParameterizedTest
  @CsvSource({
    "/jobs/a b, /jobs/a%20b",
    "/jobs/\u00e4+1, /jobs/%C3%A4%2B1",
    "/jobs/~\u0084%/x, /jobs/%7E%C2%84%25/x"
  })
  void namesThePathAsAUriReference_thoughTheGatewayDecodesIt(String path, String instance) {
    assertThat(ApiOnFakes.json(api.get(path), 404).get("instance").asText()).isEqualTo(instance);
  }

  @Test
  void countsRefusedBodies_andSaysSoInTheHeaders() {
    assertThat(api.post("{").getHeaders()).containsEntry("X-RateLimit-Remaining", "99");
    assertThat(api.post("{").getHeaders()).containsEntry("X-RateLimit-Remaining", "98");
  }
}
