package dev.promptlab.providers;

import dev.promptlab.config.Environment;
import dev.promptlab.generation.Provider;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * How many calls of each provider all workers together may make. Settings: {@code
 * PROVIDER_CALLS_PER_MINUTE} and {@code PROVIDER_CALLS_AT_A_TIME}, as {@code
 * anthropic=50,openai=500}; a provider that is not named has no limit. Immutable.
 */
public record CallLimits(Map<Provider, Integer> perMinute, Map<Provider, Integer> atATime) {
  private static final int MAX = 1_000_000;

  public CallLimits {
    perMinute = Map.copyOf(perMinute);
    atATime = Map.copyOf(atATime);
  }

  /**
   * The limits that are configured.
   *
   * @throws dev.promptlab.config.InvalidSettingException if they are unusable
   */
  public static CallLimits of(Environment environment) {
    return new CallLimits(
        numbers(environment, "PROVIDER_CALLS_PER_MINUTE"),
        numbers(environment, "PROVIDER_CALLS_AT_A_TIME"));
  }

  public Optional<Integer> perMinute(Provider provider) {
    return Optional.ofNullable(perMinute.get(provider));
  }

  public Optional<Integer> atATime(Provider provider) {
    return Optional.ofNullable(atATime.get(provider));
  }

  private static Map<Provider, Integer> numbers(Environment environment, String setting) {
    return environment
        .parsed(
            setting,
            CallLimits::parse,
            "must be like anthropic=50,openai=500, each provider at most once, from 1 to " + MAX)
        .orElse(Map.of());
  }

  private static Map<Provider, Integer> parse(String text) {
    Map<Provider, Integer> numbers = new EnumMap<>(Provider.class);
    for (String entry : text.split(",", -1)) {
      String[] parts = entry.split("=", 2);
      Provider provider =
          Provider.named(parts[0].strip()).orElseThrow(() -> new IllegalArgumentException(entry));
      int number = parts.length == 2 ? Integer.parseInt(parts[1].strip()) : 0;
      if (number < 1 || number > MAX || numbers.put(provider, number) != null) {
        throw new IllegalArgumentException(entry);
      }
    }
    return numbers;
  }
}
