package dev.promptlab.templates;

import java.util.Optional;

/**
 * How a model is to answer.
 *
 * @param maxTokens of output; empty: 1024
 * @param temperature empty: the model's own
 */
public record ModelParameters(Optional<Integer> maxTokens, Optional<Double> temperature) {
  /** Where a template says nothing. */
  private static final int DEFAULT_MAX_TOKENS = 1024;

  /** What a template may ask for. */
  public static final int MOST_TOKENS = 200_000;

  public ModelParameters {
    if (maxTokens.filter(tokens -> tokens < 1 || tokens > MOST_TOKENS).isPresent()) {
      throw new IllegalArgumentException("maxTokens must be from 1 to " + MOST_TOKENS);
    }
    if (temperature.filter(value -> !(value >= 0 && value <= 2)).isPresent()) {
      throw new IllegalArgumentException("temperature must be from 0 to 2");
    }
  }

  /** How long the answer may be. */
  public int outputTokens() {
    return maxTokens.orElse(DEFAULT_MAX_TOKENS);
  }
}
