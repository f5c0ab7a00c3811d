package dev.promptlab.local.services;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.StringJoiner;

/** How one provider's API words a call, an answer and an error. */
interface LlmDialect {
  /** The path of the only operation. */
  String path();

  /**
   * Reads a call.
   *
   * @throws LlmRefusal if the provider would refuse it
   */
  LlmCall read(JsonNode body);

  ObjectNode answer(LlmCall call, StandInText text);

  ObjectNode error(LlmRefusal refusal);

  /** The texts of all messages, one a line; each content is a text or a list of parts. */
  static void addMessages(JsonNode messages, StringJoiner prompt) {
    for (JsonNode message : messages) {
      addContent(message.path("content"), prompt);
    }
  }

  static void addContent(JsonNode content, StringJoiner prompt) {
    if (content.isTextual()) {
      prompt.add(content.textValue());
    }
    for (JsonNode part : content) {
      if (part.path("text").isTextual()) {
        prompt.add(part.path("text").textValue());
      }
    }
  }
}
