package dev.promptlab.templates;

import java.util.Optional;

/** What the model is sent. */
public record RenderedPrompt(Optional<String> system, String prompt) {
  /** Prompts do not belong into logs. */
  @Override
  public String toString() {
    return "RenderedPrompt[" + prompt.length() + " characters]";
  }
}
