package dev.promptlab.local.server;

import static dev.promptlab.local.server.RunningPromptLab.body;
import static dev.promptlab.local.server.RunningPromptLab.newCaller;
import static dev.promptlab.local.server.RunningPromptLab.send;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each kind of unusable request gets its problem over HTTP, and none of them a 500. */
class RefusalsEndToEndIT {
  private static final RunningPromptLab promptLab = RunningPromptLab.start(Map.of());

  @AfterAll
  static void stop() {
    promptLab.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "unknown field      | extra      | {\"templateId\":\"t\",\"provider\":\"openai\",\"input\":\"a\",\"extra\":1}",
        "wrong type         | templateId | {\"templateId\":7,\"provider\":\"openai\",\"input\":\"a\"}",
        "unknown provider   | provider   | {\"templateId\":\"t\",\"provider\":\"acme\",\"input\":\"a\"}",
        "missing field      | input      | {\"templateId\":\"t\",\"provider\":\"openai\"}",
        "input of an array  | input      | {\"templateId\":\"t\",\"provider\":\"openai\",\"input\":[1]}",
        "duplicate key      | *          | {\"templateId\":\"t\",\"templateId\":\"u\",\"provider\":\"openai\",\"input\":\"a\"}",
        "number too exact   | *          | {\"templateId\":\"t\",\"provider\":\"openai\",\"input\":{\"n\":9007199254740993}}",
        "number too large   | *          | {\"templateId\":\"t\",\"provider\":\"openai\",\"input\":{\"n\":1e999}}",
        "NUL                | *          | {\"templateId\":\"t\",\"provider\":\"openai\",\"input\":\"a\\u0000\"}",
        "lone surrogate     | *          | {\"templateId\":\"t\",\"provider\":\"openai\",\"input\":\"\\ud800\"}",
        "not JSON           | *          | hello",
        "cut off            | *          | {\"templateId\":",
        "trailing           | *          | {\"templateId\":\"t\",\"provider\":\"openai\",\"input\":\"a\"} x",
        "an array           | *          | []",
        "empty              | *          | ``"
      })
  void is400AndNamesTheField_whenTheBodyIsUnusable(String kind, String field, String sent) {
    JsonNode problem = assertProblem(promptLab.post(sent), 400, "invalid-request");

    assertThat(problem.path("errors")).as(kind).isNotEmpty();
    if (!field.equals("*")) {
      assertThat(problem.path("errors")).anyMatch(e -> e.path("field").asText().equals(field));
    }
  }

  @Test
  void is400_whenTheBodyIsNotUtf8() {
    byte[] bytes =
        ("{\"templateId\":\""
                + RunningPromptLab.TEMPLATE
                + "\",\"provider\":\"anthropic\",\"input\":\"\u00c3(\"}")
            .getBytes(StandardCharsets.ISO_8859_1);

    assertProblem(
        promptLab
            .request("/generate")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(bytes))
            .build(),
        400,
        "invalid-request");
  }

  @Test
  void is400_whenTheNestingIsDeep() {
    assertProblem(
        promptLab.post("{\"input\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}"),
        400,
        "invalid-request");
  }

  @Test
  void is413_whenTheInputOrTheBodyIsTooLarge() {
    assertProblem(promptLab.generate("x".repeat(33 * 1024)), 413, "input-too-large");
    assertProblem(promptLab.generate("x".repeat(1024 * 1024)), 413, "input-too-large");
  }

  @Test
  void is415_whenTheMediaTypeIsAnother() {
    assertProblem(
        promptLab
            .request("/generate")
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofString("{}"))
            .build(),
        415,
        "unsupported-media-type");
  }

  @Test
  void is405_whenTheMethodIsAnother() {
    HttpResponse<String> response =
        send(newCaller(), promptLab.request("/generate").DELETE().build());

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("allow")).hasValue("POST");
  }

  @Test
  void is404_whenPathTemplateOrJobIsUnknown() {
    assertProblem(promptLab.request("/nothing").build(), 404, "not-found");
    assertProblem(promptLab.request("/jobs/nothing").build(), 404, "job-not-found");
    assertProblem(
        promptLab.post("{\"templateId\":\"none\",\"provider\":\"anthropic\",\"input\":\"a\"}"),
        404,
        "template-not-found");
  }

  @Test
  void is400_whenTheProviderIsNotConfigured() {
    assertProblem(
        promptLab.post(
            "{\"templateId\":\"%s\",\"provider\":\"bedrock\",\"input\":\"a\"}"
                .formatted(RunningPromptLab.TEMPLATE)),
        400,
        "provider-not-configured");
  }

  private static JsonNode assertProblem(HttpRequest request, int status, String slug) {
    HttpResponse<String> response = send(newCaller(), request);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    JsonNode problem = body(response);
    assertThat(problem.path("type").asText()).isEqualTo("urn:promptlab:problem:" + slug);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("requestId").asText())
        .isEqualTo(response.headers().firstValue("apigw-requestid").orElseThrow());
    return problem;
  }
}
