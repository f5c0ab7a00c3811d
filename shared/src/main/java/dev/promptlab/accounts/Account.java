package dev.promptlab.accounts;

import dev.promptlab.pricing.UsdAmount;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whose keys, jobs and costs belong together.
 *
 * @param dailyBudget what its jobs may cost a day (UTC); empty: no cap
 */
public record Account(String account, Tier tier, Optional<UsdAmount> dailyBudget) {
  /** Of all names but {@link Caller#ANONYMOUS_ACCOUNT}, which is taken. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

  /** No key is made for longer than until then. */
  public static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z");
}
