package dev.promptlab.pricing;

import dev.promptlab.generation.TokenUsage;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * What a model's tokens cost.
 *
 * @param input US dollars for a million tokens of prompt
 * @param output US dollars for a million tokens of answer
 * @param cachedInput US dollars for a million tokens of prompt that the provider read from a cache
 *     of its own; empty: as for any other
 */
public record ModelPrice(BigDecimal input, BigDecimal output, Optional<BigDecimal> cachedInput) {
  private static final int MILLION = 6;
  private static final BigDecimal HIGHEST = BigDecimal.valueOf(1_000_000);

  public ModelPrice {
    requirePrice(input);
    requirePrice(output);
    cachedInput.ifPresent(ModelPrice::requirePrice);
  }

  private static void requirePrice(BigDecimal price) {
    if (price.signum() < 0 || price.compareTo(HIGHEST) > 0) {
      throw new IllegalArgumentException("a price is from 0 to " + HIGHEST);
    }
  }

  /**
   * What a call costs.
   *
   * @param cachedInputTokens the part of the prompt's tokens that was cached
   */
  public UsdAmount cost(TokenUsage usage, int cachedInputTokens) {
    int cached = Math.min(cachedInputTokens, usage.inputTokens());
    return UsdAmount.of(
        input
            .multiply(BigDecimal.valueOf((long) usage.inputTokens() - cached))
            .add(cachedInput.orElse(input).multiply(BigDecimal.valueOf(cached)))
            .add(output.multiply(BigDecimal.valueOf(usage.outputTokens())))
            .movePointLeft(MILLION));
  }
}
