package dev.promptlab.templates;

import java.util.Optional;

/**
 * How a model is to answer.
 *
 * @param maxTokens of output; empty: the deployment's default
 * @param temperature empty: the model's own
 */
public record ModelParameters(Optional<Integer> maxTokens, Optional<Double> temperature) {
  public ModelParameters {
    if (maxTokens.filter(tokens -> tokens < 1).isPresent()) {
      throw new IllegalArgumentException("maxTokens must be positive");
    }
    if (temperature.filter(value -> !(value >= 0 && value <= 2)).isPresent()) {
      throw new IllegalArgumentException("temperature must be from 0 to 2");
    }
  }
}
