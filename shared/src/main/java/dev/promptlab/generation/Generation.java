package dev.promptlab.generation;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * An LLM's answer.
 *
 * @param model the model that answered, by its own word
 * @param output the text; U+0000, which PostgreSQL cannot hold, is replaced by U+FFFD
 */
public record Generation(String model, String output, FinishReason finishReason, TokenUsage usage) {
  /** Bytes of UTF-8 that an output may have. */
  public static final int MAX_OUTPUT_BYTES = 512 * 1024;

  public Generation {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(finishReason, "finishReason");
    Objects.requireNonNull(usage, "usage");
    output = output.replace('\u0000', '\uFFFD');
  }

  public boolean tooLarge() {
    return output.length() > MAX_OUTPUT_BYTES
        || output.getBytes(StandardCharsets.UTF_8).length > MAX_OUTPUT_BYTES;
  }

  /** Whether it may answer equal requests: complete and not empty. */
  public boolean reusable() {
    return finishReason == FinishReason.STOP && !output.isBlank();
  }
}
