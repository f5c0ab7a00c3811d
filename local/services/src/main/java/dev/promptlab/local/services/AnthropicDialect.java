package dev.promptlab.local.services;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.StringJoiner;
import java.util.UUID;

/** Anthropic's Messages API. */
final class AnthropicDialect implements LlmDialect {
  @Override
  public String path() {
    return "/v1/messages";
  }

  @Override
  public LlmCall read(JsonNode body) {
    if (!body.path("model").isTextual()) {
      throw new LlmRefusal(400, "model: Field required");
    }
    if (!body.path("max_tokens").canConvertToInt() || body.path("max_tokens").asInt() < 1) {
      throw new LlmRefusal(400, "max_tokens: Field required");
    }
    if (!body.path("messages").isArray()) {
      throw new LlmRefusal(400, "messages: Field required");
    }
    if (body.path("messages").isEmpty()) {
      throw new LlmRefusal(400, "messages: at least one message is required");
    }
    if (body.path("stream").asBoolean()) {
      throw new LlmRefusal(400, "stream: the stand-in does not stream");
    }
    StringJoiner prompt = new StringJoiner("\n");
    LlmDialect.addContent(body.path("system"), prompt);
    LlmDialect.addMessages(body.path("messages"), prompt);
    return new LlmCall(prompt.toString(), body.path("max_tokens").asInt());
  }

  @Override
  public ObjectNode answer(LlmCall call, StandInText text) {
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", "msg_" + UUID.randomUUID().toString().replace("-", ""))
            .put("type", "message")
            .put("role", "assistant")
            .put("model", StandInLlm.MODEL);
    answer.putArray("content").addObject().put("type", "text").put("text", text.text());
    answer.put("stop_reason", text.complete() ? "end_turn" : "max_tokens").putNull("stop_sequence");
    answer
        .putObject("usage")
        .put("input_tokens", StandInText.tokens(call.prompt()))
        .put("output_tokens", text.tokens());
    return answer;
  }

  @Override
  public ObjectNode error(LlmRefusal refusal) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("type", "error");
    answer.putObject("error").put("type", type(refusal.status())).put("message", refusal.message());
    return answer.put("request_id", "req_" + UUID.randomUUID().toString().replace("-", ""));
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 529 -> "overloaded_error";
      default -> status < 500 ? "invalid_request_error" : "api_error";
    };
  }
}
