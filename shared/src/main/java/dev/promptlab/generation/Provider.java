package dev.promptlab.generation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whose models answer. */
public enum Provider {
  ANTHROPIC,
  OPENAI,
  BEDROCK;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The name in requests, in the database and in hashes. */
  public String wireName() {
    return wireName;
  }

  /** All names, for people. */
  public static String wireNames() {
    return Arrays.stream(values()).map(Provider::wireName).collect(Collectors.joining(", "));
  }

  public static Optional<Provider> named(String wireName) {
    return Arrays.stream(values())
        .filter(provider -> provider.wireName().equals(wireName))
        .findFirst();
  }
}
