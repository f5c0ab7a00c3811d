package dev.promptlab.worker.llm;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A provider through LangChain4j, over {@link LlmHttpClient}. */
final class LangChainLlmClient implements LlmClient {
  private final ChatModel model;
  private final Function<LlmRequest, ChatRequestParameters> parameters;

  /**
   * Calls through a model that retries nothing and whose HTTP client is {@link LlmHttpClient}.
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
    } catch (LlmException e) {
      throw e;
    } catch (ContentFilteredException e) {
      throw new LlmException(LlmErrors.CONTENT_FILTERED, e);
    } catch (RuntimeException e) {
      throw new LlmException(LlmErrors.BAD_ANSWER, e);
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
}
