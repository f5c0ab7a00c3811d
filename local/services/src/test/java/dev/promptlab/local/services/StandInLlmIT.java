package dev.promptlab.local.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandInLlmIT {
  private static final String ANTHROPIC = "/v1/messages";
  private static final String OPENAI = "/v1/chat/completions";
  private static final String MESSAGES =
      "\"messages\":[{\"role\":\"user\",\"content\":\"one two\"}]";

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  private final StandInLlm llm =
      StandInLlm.start(StandInLlm.Options.standard().withDelay(Duration.ZERO));

  @AfterEach
  void stop() {
    http.close();
    llm.close();
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(llm.baseUrl().resolve(path)).POST(BodyPublishers.ofString(body));
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private JsonNode answer(String path, String body) throws IOException, InterruptedException {
    HttpResponse<String> response = post(path, body);
    assertThat(response.statusCode()).isEqualTo(200);
    return json.readTree(response.body());
  }

  private static String anthropic(String rest) {
    return "{\"model\":\"m\",\"max_tokens\":1000," + rest + "}";
  }

  @Test
  void speaksAnthropic() throws Exception {
    JsonNode answer =
        answer(
            ANTHROPIC,
            anthropic(
                "\"system\":\"be brief\",\"messages\":[{\"role\":\"user\",\"content\":"
                    + "[{\"type\":\"text\",\"text\":\"one two\"}]}]"));

    assertThat(answer.path("id").asText()).startsWith("msg_");
    assertThat(answer.path("type").asText()).isEqualTo("message");
    assertThat(answer.path("role").asText()).isEqualTo("assistant");
    assertThat(answer.path("model").asText()).isEqualTo("promptlab-stand-in");
    assertThat(answer.path("content").path(0).path("text").asText())
        .contains("stand-in", "no model was asked", "be brief one two");
    assertThat(answer.path("stop_reason").asText()).isEqualTo("end_turn");
    assertThat(answer.path("usage").path("input_tokens").asInt()).isEqualTo(4);
    assertThat(answer.path("usage").path("output_tokens").asInt()).isPositive();
  }

  @Test
  void speaksOpenAi() throws Exception {
    JsonNode answer = answer(OPENAI, "{\"model\":\"m\"," + MESSAGES + "}");
    JsonNode choice = answer.path("choices").path(0);

    assertThat(answer.path("object").asText()).isEqualTo("chat.completion");
    assertThat(answer.path("model").asText()).isEqualTo("promptlab-stand-in");
    assertThat(choice.path("message").path("content").asText()).contains("no model was asked");
    assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
    assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(2);
    assertThat(answer.path("usage").path("total_tokens").asInt())
        .isEqualTo(2 + answer.path("usage").path("completion_tokens").asInt());
  }

  @Test
  void answersTheSameToTheSamePrompt_andAnotherToAnother() throws Exception {
    String once = answer(ANTHROPIC, anthropic(MESSAGES)).path("content").toString();
    String again = answer(ANTHROPIC, anthropic(MESSAGES)).path("content").toString();
    String other =
        answer(ANTHROPIC, anthropic(MESSAGES.replace("two", "three"))).path("content").toString();

    assertThat(again).isEqualTo(once).isNotEqualTo(other);
    assertThat(llm.calls()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/messages, max_tokens, max_tokens",
    "/v1/chat/completions, max_tokens, length",
    "/v1/chat/completions, max_completion_tokens, length"
  })
  void cutsTheText_atMaxTokens(String path, String limit, String reason) throws Exception {
    JsonNode answer = answer(path, "{\"model\":\"m\",\"%s\":3,%s}".formatted(limit, MESSAGES));

    assertThat(answer.toString())
        .contains("\"This is PromptLab's\"")
        .containsAnyOf("\"stop_reason\":\"" + reason, "\"finish_reason\":\"" + reason)
        .containsAnyOf("\"output_tokens\":3", "\"completion_tokens\":3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"max_tokens\":1,\"messages\":[{}]} | model",
        "{\"model\":\"m\",\"messages\":[{}]} | max_tokens",
        "{\"model\":\"m\",\"max_tokens\":1} | messages",
        "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[]} | messages",
        "{ | JSON",
      })
  void refuses_asAnthropicDoes(String body, String what) throws Exception {
    HttpResponse<String> response = post(ANTHROPIC, body);
    JsonNode error = json.readTree(response.body());

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error.path("type").asText()).isEqualTo("error");
    assertThat(error.path("error").path("type").asText()).isEqualTo("invalid_request_error");
    assertThat(error.path("error").path("message").asText()).contains(what);
    assertThat(llm.calls()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"messages\":[{}]} | model",
        "{\"model\":\"m\"} | messages",
        "{\"model\":\"m\",\"messages\":[]} | messages",
        "[] | model",
      })
  void refuses_asOpenAiDoes(String body, String what) throws Exception {
    HttpResponse<String> response = post(OPENAI, body);
    JsonNode error = json.readTree(response.body()).path("error");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    assertThat(error.path("message").asText()).contains(what);
  }

  @Test
  void answers404_atOtherPaths() throws Exception {
    assertThat(post("/v1/completions", "{}").statusCode()).isEqualTo(404);
    assertThat(post("/", "{}").statusCode()).isEqualTo(404);
    assertThat(llm.requests()).isEqualTo(2);
  }

  @Test
  void fails_asATestWants() throws Exception {
    llm.failNext(
        new StandInLlm.Failure(429, Map.of("Retry-After", "7")), StandInLlm.Failure.status(529));

    HttpResponse<String> limited = post(ANTHROPIC, anthropic(MESSAGES));
    HttpResponse<String> overloaded = post(ANTHROPIC, anthropic(MESSAGES));

    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(limited.headers().firstValue("Retry-After")).contains("7");
    assertThat(limited.body()).contains("rate_limit_error");
    assertThat(overloaded.body()).contains("overloaded_error");
    assertThat(llm.calls()).isZero();
    assertThat(post(ANTHROPIC, anthropic(MESSAGES)).statusCode()).isEqualTo(200);
    assertThat(llm.calls()).isEqualTo(1);
  }

  @Test
  void dropsTheConnection_asATestWants() {
    llm.failNext(StandInLlm.Failure.dropped());

    assertThatThrownBy(() -> post(OPENAI, "{\"model\":\"m\"," + MESSAGES + "}"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void takesItsTime() throws Exception {
    try (StandInLlm slow = StandInLlm.start()) {
      long from = System.nanoTime();
      http.send(
          HttpRequest.newBuilder(slow.baseUrl().resolve(ANTHROPIC))
              .POST(BodyPublishers.ofString(anthropic(MESSAGES)))
              .build(),
          BodyHandlers.discarding());

      assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofMillis(599));
    }
  }
}
