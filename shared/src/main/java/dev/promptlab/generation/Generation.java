package dev.promptlab.generation;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * An LLM's answer.
 *
 * @param model the model that answered, by its own word; of at most 200 characters, replaced
 *     likewise
 * @param output the text; what PostgreSQL or UTF-8 cannot hold (U+0000, lone surrogates) is
 *     replaced by U+FFFD
 */
public record Generation(String model, String output, FinishReason finishReason, TokenUsage usage) {
  /** Bytes of UTF-8 that an output may have. */
  public static final int MAX_OUTPUT_BYTES = 512 * 1024;

  private static final int MAX_MODEL_LENGTH = 200;

  public Generation {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(finishReason, "finishReason");
    Objects.requireNonNull(usage, "usage");
    model = abbreviated(storable(model));
    output = storable(output);
  }

  public boolean tooLarge() {
    return output.length() > MAX_OUTPUT_BYTES
        || output.getBytes(StandardCharsets.UTF_8).length > MAX_OUTPUT_BYTES;
  }

  /** Whether it may answer equal requests: complete and not empty. */
  public boolean reusable() {
    return finishReason == FinishReason.STOP && !output.isBlank();
  }

  private static String storable(String text) {
    if (text.chars().noneMatch(c -> c == 0 || Character.isSurrogate((char) c))) {
      return text;
    }
    return text.codePoints()
        .map(
            c ->
                c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                    ? 0xFFFD
                    : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static String abbreviated(String model) {
    return model.codePointCount(0, model.length()) <= MAX_MODEL_LENGTH
        ? model
        : model.substring(0, model.offsetByCodePoints(0, MAX_MODEL_LENGTH));
  }
}
