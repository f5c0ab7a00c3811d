package dev.promptlab.pricing;

import dev.promptlab.config.Environment;
import java.math.BigDecimal;
import java.util.Optional;

/** What the jobs of all accounts may cost a day, UTC: the setting {@code DAILY_BUDGET_USD}. */
public final class DailyBudget {
  private static final BigDecimal MAX = BigDecimal.valueOf(1_000_000_000);

  private DailyBudget() {}

  /**
   * The budget that is configured; empty: no cap.
   *
   * @throws dev.promptlab.config.InvalidSettingException if it is unusable
   */
  public static Optional<UsdAmount> of(Environment environment) {
    return environment.parsed(
        "DAILY_BUDGET_USD", DailyBudget::parse, "must be a number of US dollars from 0 to " + MAX);
  }

  private static UsdAmount parse(String text) {
    BigDecimal usd = new BigDecimal(text);
    if (usd.compareTo(MAX) > 0) {
      throw new IllegalArgumentException("too much");
    }
    return UsdAmount.of(usd);
  }
}
