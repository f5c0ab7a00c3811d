package dev.promptlab.generation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Whose models answer. */
public enum Provider {
  ANTHROPIC,
  OPENAI,
  BEDROCK;

  /** The name in requests, in the database and in hashes. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Provider> named(String wireName) {
    return Arrays.stream(values())
        .filter(provider -> provider.wireName().equals(wireName))
        .findFirst();
  }
}
