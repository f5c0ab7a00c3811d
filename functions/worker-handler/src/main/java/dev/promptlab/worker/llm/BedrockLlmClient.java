package dev.promptlab.worker.llm;

import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.TokenUsage;
import java.time.Clock;
import java.util.Objects;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;

/** Amazon Bedrock through its Converse API, which is the same for all of its models. */
final class BedrockLlmClient implements LlmClient {
  private final BedrockRuntimeClient client;
  private final Clock clock;

  /**
   * Calls through a client.
   *
   * @param client one that retries nothing
   */
  BedrockLlmClient(BedrockRuntimeClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  @Override
  public LlmAnswer generate(LlmRequest request) {
    try {
      return answer(request, client.converse(converseRequest(request)));
    } catch (SdkException e) {
      throw BedrockErrors.exception(e, clock.instant());
    } catch (RuntimeException e) {
      throw new LlmException(LlmErrors.BAD_ANSWER, e);
    }
  }

  private static LlmAnswer answer(LlmRequest request, ConverseResponse response) {
    int cached = Objects.requireNonNullElse(response.usage().cacheReadInputTokens(), 0);
    int written = Objects.requireNonNullElse(response.usage().cacheWriteInputTokens(), 0);
    return new LlmAnswer(
        new Generation(
            request.model(),
            response.output().message().content().stream()
                .map(ContentBlock::text)
                .filter(Objects::nonNull)
                .collect(Collectors.joining()),
            finishReason(response),
            new TokenUsage(
                response.usage().inputTokens() + cached + written,
                response.usage().outputTokens())),
        cached);
  }

  private static ConverseRequest converseRequest(LlmRequest request) {
    ConverseRequest.Builder converse =
        ConverseRequest.builder()
            .modelId(request.model())
            .messages(
                Message.builder()
                    .role(ConversationRole.USER)
                    .content(ContentBlock.fromText(request.prompt().prompt()))
                    .build())
            .inferenceConfig(
                config -> {
                  config.maxTokens(request.maxTokens());
                  request.temperature().map(Double::floatValue).ifPresent(config::temperature);
                });
    request.prompt().system().map(SystemContentBlock::fromText).ifPresent(converse::system);
    return converse.build();
  }

  private static FinishReason finishReason(ConverseResponse response) {
    return switch (response.stopReason()) {
      case END_TURN, STOP_SEQUENCE -> FinishReason.STOP;
      case MAX_TOKENS, MODEL_CONTEXT_WINDOW_EXCEEDED -> FinishReason.LENGTH;
      case GUARDRAIL_INTERVENED, CONTENT_FILTERED -> FinishReason.CONTENT_FILTER;
      default -> FinishReason.OTHER;
    };
  }
}
