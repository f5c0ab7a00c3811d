package dev.promptlab.local.services;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.StringJoiner;
import java.util.UUID;

/** OpenAI's Chat Completions API. */
final class OpenAiDialect implements LlmDialect {
  @Override
  public String path() {
    return "/v1/chat/completions";
  }

  @Override
  public LlmCall read(JsonNode body) {
    if (!body.path("model").isTextual()) {
      throw new LlmRefusal(400, "you must provide a model parameter");
    }
    if (!body.path("messages").isArray() || body.path("messages").isEmpty()) {
      throw new LlmRefusal(400, "Missing required parameter: 'messages'.");
    }
    if (body.path("stream").asBoolean()) {
      throw new LlmRefusal(400, "The stand-in does not stream: leave 'stream' out.");
    }
    StringJoiner prompt = new StringJoiner("\n");
    LlmDialect.addMessages(body.path("messages"), prompt);
    return new LlmCall(prompt.toString(), maxTokens(body));
  }

  private static int maxTokens(JsonNode body) {
    int deprecated = body.path("max_tokens").asInt(Integer.MAX_VALUE);
    int maxTokens = body.path("max_completion_tokens").asInt(deprecated);
    if (maxTokens < 1) {
      throw new LlmRefusal(400, "'max_completion_tokens' must be at least 1.");
    }
    return maxTokens;
  }

  @Override
  public ObjectNode answer(LlmCall call, StandInText text) {
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", "chatcmpl-" + UUID.randomUUID().toString().replace("-", ""))
            .put("object", "chat.completion")
            .put("created", Instant.now().getEpochSecond())
            .put("model", StandInLlm.MODEL);
    ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
    choice
        .putObject("message")
        .put("role", "assistant")
        .put("content", text.text())
        .putNull("refusal");
    choice.putNull("logprobs").put("finish_reason", text.complete() ? "stop" : "length");
    int promptTokens = StandInText.tokens(call.prompt());
    answer
        .putObject("usage")
        .put("prompt_tokens", promptTokens)
        .put("completion_tokens", text.tokens())
        .put("total_tokens", promptTokens + text.tokens());
    return answer;
  }

  @Override
  public ObjectNode error(LlmRefusal refusal) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer
        .putObject("error")
        .put("message", refusal.message())
        .put("type", type(refusal.status()))
        .putNull("param")
        .putNull("code");
    return answer;
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 429 -> "rate_limit_error";
      default -> status < 500 ? "invalid_request_error" : "server_error";
    };
  }
}
