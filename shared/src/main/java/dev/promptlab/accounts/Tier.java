package dev.promptlab.accounts;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The terms an account is on; each tier has a rate limit of its own. */
public enum Tier {
  ANONYMOUS,
  FREE,
  PRO,
  ENTERPRISE;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  public String wireName() {
    return wireName;
  }

  public static Optional<Tier> named(String wireName) {
    return Arrays.stream(values()).filter(tier -> tier.wireName().equals(wireName)).findFirst();
  }
}
