package dev.promptlab.worker.llm;

import com.fasterxml.jackson.core.JacksonException;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.jobs.JobError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A provider through LangChain4j. */
final class LangChainLlmClient implements LlmClient {
  private final ChatModel model;
  private final Function<LlmRequest, ChatRequestParameters> parameters;

  /**
   * Calls through a model that retries nothing.
   *
   * @param parameters how a request is put to this provider
   */
  LangChainLlmClient(ChatModel model, Function<LlmRequest, ChatRequestParameters> parameters) {
    this.model = model;
    this.parameters = parameters;
  }

  /** What all providers understand. */
  static ChatRequestParameters commonParameters(LlmRequest request) {
    return ChatRequestParameters.builder()
        .modelName(request.model())
        .maxOutputTokens(request.maxTokens())
        .temperature(request.temperature().orElse(null))
        .build();
  }

  @Override
  public Generation generate(LlmRequest request) {
    try {
      return generation(request, model.chat(chatRequest(request)));
    } catch (RuntimeException e) {
      throw new LlmException(error(e), e);
    }
  }

  private ChatRequest chatRequest(LlmRequest request) {
    List<ChatMessage> messages = new ArrayList<>();
    request.prompt().system().map(SystemMessage::from).ifPresent(messages::add);
    messages.add(UserMessage.from(request.prompt().prompt()));
    return ChatRequest.builder().messages(messages).parameters(parameters.apply(request)).build();
  }

  private static Generation generation(LlmRequest request, ChatResponse response) {
    return new Generation(
        Objects.requireNonNullElse(response.modelName(), request.model()),
        Objects.requireNonNullElse(response.aiMessage().text(), ""),
        finishReason(response.finishReason()),
        Optional.ofNullable(response.tokenUsage())
            .map(
                usage ->
                    new TokenUsage(
                        Objects.requireNonNullElse(usage.inputTokenCount(), 0),
                        Objects.requireNonNullElse(usage.outputTokenCount(), 0)))
            .orElseGet(() -> new TokenUsage(0, 0)));
  }

  private static FinishReason finishReason(
      dev.langchain4j.model.output.@Nullable FinishReason reason) {
    return switch (reason) {
      case STOP -> FinishReason.STOP;
      case LENGTH -> FinishReason.LENGTH;
      case CONTENT_FILTER -> FinishReason.CONTENT_FILTER;
      case null, default -> FinishReason.OTHER;
    };
  }

  private static JobError error(RuntimeException failure) {
    return switch (failure) {
      case RateLimitException _ -> LlmErrors.RATE_LIMITED;
      case InternalServerException _ -> LlmErrors.UNAVAILABLE;
      case UnresolvedModelServerException _ -> LlmErrors.NETWORK;
      case TimeoutException _ -> LlmErrors.TIMEOUT;
      case AuthenticationException _ -> LlmErrors.AUTH;
      case ModelNotFoundException _ -> LlmErrors.MODEL_NOT_FOUND;
      case ContentFilteredException _ -> LlmErrors.CONTENT_FILTERED;
      case InvalidRequestException _ -> LlmErrors.INVALID_REQUEST;
      default -> causedByNetwork(failure) ? LlmErrors.NETWORK : LlmErrors.BAD_ANSWER;
    };
  }

  /** An unreadable answer is an {@link IOException} too, but one of the JSON library. */
  private static boolean causedByNetwork(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException && !(cause instanceof JacksonException)) {
        return true;
      }
    }
    return false;
  }
}
