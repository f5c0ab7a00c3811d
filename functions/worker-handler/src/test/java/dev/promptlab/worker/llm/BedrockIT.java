package dev.promptlab.worker.llm;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.json.StrictJson;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** Bedrock's Converse over HTTP: answers as the SDK's own model writes them, and its refusals. */
final class BedrockIT {
  @RegisterExtension static final WireMockExtension server = LlmOnWireMock.server();

  private static ConverseResponse.Builder answer(ContentBlock... content) {
    return ConverseResponse.builder()
        .output(
            output ->
                output.message(
                    message -> message.role(ConversationRole.ASSISTANT).content(content)))
        .stopReason(StopReason.END_TURN)
        .usage(
            usage ->
                usage
                    .inputTokens(12)
                    .outputTokens(3)
                    .totalTokens(20)
                    .cacheReadInputTokens(4)
                    .cacheWriteInputTokens(1))
        .metrics(metrics -> metrics.latencyMs(551L));
  }

  /** JSON by the names that the SDK's model has for the wire. */
  private static String wire(SdkPojo shape) throws IOException {
    return StrictJson.mapper().writeValueAsString(members(shape));
  }

  private static Map<String, Object> members(SdkPojo shape) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (SdkField<?> field : shape.sdkFields()) {
      Object value = field.getValueOrDefault(shape);
      // A list that is not set is a marker of the SDK's own.
      if (value != null && !(value instanceof List<?> list && list.isEmpty())) {
        members.put(field.locationName(), json(value));
      }
    }
    return members;
  }

  private static Object json(Object value) {
    return switch (value) {
      case SdkPojo shape -> members(shape);
      case List<?> list -> list.stream().map(BedrockIT::json).toList();
      default -> value;
    };
  }

  private static Generation generated(ConverseResponse answer) throws IOException {
    return answered(answer).generation();
  }

  private static LlmAnswer answered(ConverseResponse answer) throws IOException {
    server.stubFor(
        post(urlPathEqualTo("/model/model-1/converse")).willReturn(okJson(wire(answer))));
    return LlmOnWireMock.client(
            Provider.BEDROCK, server.getRuntimeInfo().getHttpBaseUrl(), LlmOnWireMock.PATIENT)
        .generate(LlmOnWireMock.REQUEST);
  }

  @Test
  void speaksConverse() throws IOException {
    // What was cached is told apart from the input, and counts as such too.
    assertThat(answered(answer(ContentBlock.fromText("Hi "), ContentBlock.fromText("é")).build()))
        .isEqualTo(
            new LlmAnswer(
                new Generation("model-1", "Hi é", FinishReason.STOP, new TokenUsage(17, 3)), 4));
    server.verify(
        1,
        postRequestedFor(urlPathEqualTo("/model/model-1/converse"))
            .withRequestBody(
                equalToJson(
                    """
                    {"messages":[{"role":"user","content":[{"text":"Hello é"}]}],
                     "system":[{"text":"Be brief."}],"inferenceConfig":{"maxTokens":99,"temperature":0.5}}
                    """,
                    true,
                    true)));
  }

  @ParameterizedTest
  @EnumSource(
      value = StopReason.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "UNKNOWN_TO_SDK_VERSION")
  void readsEachReasonToStop(StopReason reason) throws IOException {
    assertThat(
            generated(answer(ContentBlock.fromText("x")).stopReason(reason).build()).finishReason())
        .isEqualTo(
            switch (reason) {
              case END_TURN, STOP_SEQUENCE -> FinishReason.STOP;
              case MAX_TOKENS, MODEL_CONTEXT_WINDOW_EXCEEDED -> FinishReason.LENGTH;
              case GUARDRAIL_INTERVENED, CONTENT_FILTERED -> FinishReason.CONTENT_FILTER;
              default -> FinishReason.OTHER;
            });
  }

  @Test
  void leavesOutWhatIsNoText() throws IOException {
    assertThat(
            generated(
                    answer(
                            ContentBlock.fromReasoningContent(
                                thought -> thought.reasoningText(it -> it.text("hm"))),
                            ContentBlock.fromText("Hi"))
                        .build())
                .output())
        .isEqualTo("Hi");
  }

  private static ResponseDefinitionBuilder refusal(int status, String type, String message) {
    return aResponse()
        .withStatus(status)
        .withHeader("Content-Type", "application/json")
        .withHeader("x-amzn-RequestId", "ca47a5ce-e260-4824-aa0e-2e62669d5d6e")
        .withHeader(
            "x-amzn-ErrorType", type + ":http://internal.amazon.com/coral/com.amazon.bedrock/")
        .withBody("{\"message\":\"%s\"}".formatted(message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          429 | ThrottlingException           | Too many requests, please wait before trying again.             | provider-rate-limited    | true
          429 | ThrottlingException           | Too many tokens per day, please wait before trying again.       | provider-quota-exhausted | false
          400 | ServiceQuotaExceededException | Your request exceeds the service quota for your account.        | provider-quota-exhausted | false
          400 | ValidationException           | messages.0: Hello is not a secret                               | provider-invalid-request | false
          400 | ValidationException           | Input is too long for requested model.                          | context-too-long         | false
          400 | ValidationException           | The model returned the following errors: prompt is too long: 227255 tokens > 200000 maximum | context-too-long | false
          400 | ValidationException           | The provided model identifier is invalid.                       | provider-model-not-found | false
          404 | ResourceNotFoundException     | Could not resolve the foundation model from the identifier.     | provider-model-not-found | false
          403 | AccessDeniedException         | You don't have access to the model with the specified model ID. | provider-auth            | false
          403 | UnrecognizedClientException   | The security token included in the request is invalid.          | provider-auth            | false
          403 | ExpiredTokenException         | The security token included in the request is expired           | provider-auth            | false
          408 | ModelTimeoutException         | The model took too long to answer.                              | provider-timeout         | true
          424 | ModelErrorException           | The request failed due to an error while processing the model.  | provider-unavailable     | true
          429 | ModelNotReadyException        | Model is not ready for inference.                               | provider-unavailable     | true
          500 | InternalServerException       | The system encountered an unexpected error during processing.   | provider-unavailable     | true
          503 | ServiceUnavailableException   | Bedrock is unable to process your request.                      | provider-overloaded      | true
          502 | SomethingNewException         | Hello secret                                                    | provider-unavailable     | true
          """)
  void knowsItsErrors(int status, String type, String message, String code, boolean retryable) {
    LlmException refused =
        LlmOnWireMock.failure(server, Provider.BEDROCK, refusal(status, type, message));
    assertThat(refused.error().code()).isEqualTo(code);
    assertThat(refused.error().retryable()).isEqualTo(retryable);
    assertThat(refused.retryAfter()).isEmpty();
  }

  @Test
  void tellsHowLongItWantsToBeLeftAlone() {
    assertThat(
            LlmOnWireMock.failure(
                    server,
                    Provider.BEDROCK,
                    refusal(503, "ServiceUnavailableException", "Later.")
                        .withHeader("Retry-After", "4"))
                .retryAfter())
        .contains(Duration.ofSeconds(4));
  }

  @ParameterizedTest
  @CsvSource({
    "403, provider-auth",
    "404, provider-model-not-found",
    "429, provider-rate-limited",
    "503, provider-overloaded",
    "500, provider-unavailable",
  })
  void goesByTheStatus_whereSomethingInBetweenRefuses(int status, String code) {
    assertThat(
            LlmOnWireMock.failure(
                    server,
                    Provider.BEDROCK,
                    aResponse().withStatus(status).withBody("<html>the secret</html>"))
                .error()
                .code())
        .isEqualTo(code);
  }
}
