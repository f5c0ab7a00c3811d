package dev.promptlab.templates;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the model is sent. */
public record RenderedPrompt(Optional<String> system, String prompt) {
  /** A few placeholders can make a large prompt of a small input: beyond, it is refused. */
  public static final int MAX_BYTES = 1024 * 1024;

  /** Of UTF-8, both texts. */
  public int bytes() {
    return prompt.getBytes(StandardCharsets.UTF_8).length
        + system.map(text -> text.getBytes(StandardCharsets.UTF_8).length).orElse(0);
  }

  /** Prompts do not belong into logs. */
  @Override
  public String toString() {
    return "RenderedPrompt[" + prompt.length() + " characters]";
  }
}
