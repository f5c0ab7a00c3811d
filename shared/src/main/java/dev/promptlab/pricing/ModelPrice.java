package dev.promptlab.pricing;

import dev.promptlab.generation.TokenUsage;
import java.math.BigDecimal;

/**
 * What a model's tokens cost.
 *
 * @param input US dollars for a million tokens of prompt
 * @param output US dollars for a million tokens of answer
 */
public record ModelPrice(BigDecimal input, BigDecimal output) {
  private static final int MILLION = 6;
  private static final BigDecimal HIGHEST = BigDecimal.valueOf(1_000_000);

  public ModelPrice {
    requirePrice(input);
    requirePrice(output);
  }

  private static void requirePrice(BigDecimal price) {
    if (price.signum() < 0 || price.compareTo(HIGHEST) > 0) {
      throw new IllegalArgumentException("a price is from 0 to " + HIGHEST);
    }
  }

  public UsdAmount cost(TokenUsage usage) {
    return UsdAmount.of(
        input
            .multiply(BigDecimal.valueOf(usage.inputTokens()))
            .add(output.multiply(BigDecimal.valueOf(usage.outputTokens())))
            .movePointLeft(MILLION));
  }
}
