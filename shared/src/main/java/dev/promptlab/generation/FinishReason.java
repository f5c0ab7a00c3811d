package dev.promptlab.generation;

import java.util.Arrays;
import java.util.Locale;

/** Why the model stopped. */
public enum FinishReason {
  /** The answer is complete. */
  STOP,
  /** Cut off at the token limit. */
  LENGTH,
  /** The provider withheld it, or part of it. */
  CONTENT_FILTER,
  OTHER;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The reason of that name.
   *
   * @throws IllegalArgumentException if no reason has that name
   */
  public static FinishReason named(String wireName) {
    return Arrays.stream(values())
        .filter(reason -> reason.wireName().equals(wireName))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no finish reason " + wireName));
  }
}
