package dev.promptlab.worker.llm;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.model.anthropic.AnthropicTokenUsage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
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
  public LlmAnswer generate(LlmRequest request) {
    try {
      return answer(request, model.chat(chatRequest(request)));
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

  private static LlmAnswer answer(LlmRequest request, ChatResponse response) {
    Tokens tokens = Tokens.of(response.tokenUsage());
    return new LlmAnswer(
        new Generation(
            Objects.requireNonNullElse(response.modelName(), request.model()),
            Objects.requireNonNullElse(response.aiMessage().text(), ""),
            finishReason(response.finishReason()),
            new TokenUsage(tokens.input, tokens.output)),
        tokens.cached);
  }

  /** Input with what was cached, which OpenAI includes and Anthropic tells apart. */
  private record Tokens(int input, int cached, int output) {
    static Tokens of(dev.langchain4j.model.output.@Nullable TokenUsage usage) {
      int output = usage == null ? 0 : number(usage.outputTokenCount());
      return switch (usage) {
        case null -> new Tokens(0, 0, 0);
        case AnthropicTokenUsage anthropic -> {
          int cached = number(anthropic.cacheReadInputTokens());
          yield new Tokens(
              number(anthropic.inputTokenCount())
                  + number(anthropic.cacheCreationInputTokens())
                  + cached,
              cached,
              output);
        }
        case OpenAiTokenUsage openAi ->
            new Tokens(
                number(openAi.inputTokenCount()),
                Optional.ofNullable(openAi.inputTokensDetails())
                    .map(details -> number(details.cachedTokens()))
                    .orElse(0),
                output);
        default -> new Tokens(number(usage.inputTokenCount()), 0, output);
      };
    }

    private static int number(@Nullable Integer count) {
      return count == null ? 0 : count;
    }
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
