package dev.promptlab.generation;

import dev.promptlab.config.Environment;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which providers a deployment offers: the setting {@code PROVIDERS}, as {@code anthropic,openai}.
 */
public final class ConfiguredProviders {
  private ConfiguredProviders() {}

  /**
   * The set that is configured.
   *
   * @throws dev.promptlab.config.InvalidSettingException if it is unusable
   */
  public static Set<Provider> of(Environment environment) {
    return environment
        .parsed(
            "PROVIDERS",
            ConfiguredProviders::parse,
            "must be a comma-separated list of " + Provider.wireNames())
        .orElseGet(() -> EnumSet.noneOf(Provider.class));
  }

  private static Set<Provider> parse(String text) {
    Set<Provider> providers = EnumSet.noneOf(Provider.class);
    Arrays.stream(text.split(",", -1))
        .map(
            name ->
                Provider.named(name.strip()).orElseThrow(() -> new IllegalArgumentException(name)))
        .forEach(providers::add);
    return providers;
  }
}
