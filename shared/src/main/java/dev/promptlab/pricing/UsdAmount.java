package dev.promptlab.pricing;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** US dollars in whole billionths, never negative: exact sums of prices per token. */
public record UsdAmount(long nanos) implements Comparable<UsdAmount> {
  public static final UsdAmount ZERO = new UsdAmount(0);
  private static final int SCALE = 9;

  public UsdAmount {
    if (nanos < 0) {
      throw new IllegalArgumentException("an amount is not negative");
    }
  }

  /**
   * The amount, rounded up to whole billionths.
   *
   * @throws IllegalArgumentException if it is negative or above nine billion dollars
   */
  @JsonCreator
  public static UsdAmount of(BigDecimal usd) {
    try {
      return new UsdAmount(
          usd.setScale(SCALE, RoundingMode.CEILING).movePointRight(SCALE).longValueExact());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("out of range", e);
    }
  }

  /** In dollars, without trailing zeros. */
  @JsonValue
  public BigDecimal usd() {
    BigDecimal usd = BigDecimal.valueOf(nanos, SCALE).stripTrailingZeros();
    return usd.scale() < 0 ? usd.setScale(0) : usd;
  }

  public UsdAmount plus(UsdAmount other) {
    return new UsdAmount(Math.addExact(nanos, other.nanos));
  }

  public UsdAmount times(int count) {
    return new UsdAmount(Math.multiplyExact(nanos, (long) count));
  }

  @Override
  public int compareTo(UsdAmount other) {
    return Long.compare(nanos, other.nanos);
  }
}
