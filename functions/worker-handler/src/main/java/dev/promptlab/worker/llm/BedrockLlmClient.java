package dev.promptlab.worker.llm;

import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.jobs.JobError;
import java.util.Objects;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.AccessDeniedException;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeException;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.ModelTimeoutException;
import software.amazon.awssdk.services.bedrockruntime.model.ResourceNotFoundException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceQuotaExceededException;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/** Amazon Bedrock through its Converse API, which is the same for all of its models. */
final class BedrockLlmClient implements LlmClient {
  private final BedrockRuntimeClient client;

  /**
   * Calls through a client.
   *
   * @param client one that retries nothing
   */
  BedrockLlmClient(BedrockRuntimeClient client) {
    this.client = client;
  }

  @Override
  public Generation generate(LlmRequest request) {
    try {
      return generation(request, client.converse(converseRequest(request)));
    } catch (SdkException e) {
      throw new LlmException(error(e), e);
    } catch (RuntimeException e) {
      throw new LlmException(LlmErrors.BAD_ANSWER, e);
    }
  }

  private static Generation generation(LlmRequest request, ConverseResponse response) {
    return new Generation(
        request.model(),
        response.output().message().content().stream()
            .map(ContentBlock::text)
            .filter(Objects::nonNull)
            .collect(Collectors.joining()),
        finishReason(response),
        new TokenUsage(response.usage().inputTokens(), response.usage().outputTokens()));
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

  private static JobError error(SdkException failure) {
    return switch (failure) {
      case ThrottlingException _, ServiceQuotaExceededException _ -> LlmErrors.RATE_LIMITED;
      case ModelTimeoutException _, ApiCallTimeoutException _ -> LlmErrors.TIMEOUT;
      case AccessDeniedException _ -> LlmErrors.AUTH;
      case ResourceNotFoundException _ -> LlmErrors.MODEL_NOT_FOUND;
      case ValidationException _ -> LlmErrors.INVALID_REQUEST;
      case BedrockRuntimeException e when e.statusCode() == 401 || e.statusCode() == 403 ->
          LlmErrors.AUTH;
      case BedrockRuntimeException e when e.statusCode() >= 400 && e.statusCode() < 500 ->
          LlmErrors.INVALID_REQUEST;
      case BedrockRuntimeException _ -> LlmErrors.UNAVAILABLE;
      default -> LlmErrors.NETWORK;
    };
  }
}
