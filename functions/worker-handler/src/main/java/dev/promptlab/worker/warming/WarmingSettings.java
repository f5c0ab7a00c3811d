package dev.promptlab.worker.warming;

import dev.promptlab.config.Environment;
import dev.promptlab.config.RedisSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How caches are warmed.
 *
 * @param interval between two runs ({@code WARM_INTERVAL_MINUTES}): what expires before the next
 *     one is to be made anew now
 * @param mostRegenerated results made anew in one run ({@code WARM_REGENERATE})
 * @param targets each Redis that can be warmed, by the name that an event has for it: {@code
 *     default} is the one that this deployment's cache is on, {@code WARM_REDIS_URLS} has others
 */
record WarmingSettings(Duration interval, int mostRegenerated, Map<String, RedisSettings> targets) {
  static final String DEFAULT_TARGET = "default";
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,32}");

  /** A run reads much at a time, and nobody waits for it. */
  private static final Duration COMMAND_BUDGET = Duration.ofSeconds(2);

  WarmingSettings {
    targets = Map.copyOf(targets);
  }

  static WarmingSettings of(Environment environment) {
    RedisSettings limits = RedisSettings.of(environment);
    Map<String, RedisSettings> targets =
        new LinkedHashMap<>(
            environment
                .parsed(
                    "WARM_REDIS_URLS",
                    WarmingSettings::targets,
                    "must be pairs like eu=redis://host:6379 with spaces between; a name has 1 to 32"
                        + " characters a-z 0-9 - and is not default")
                .orElseGet(Map::of));
    targets.put(DEFAULT_TARGET, patient(RedisSettings.ofCache(environment).orElse(limits)));
    return new WarmingSettings(
        Duration.ofMinutes(environment.integer("WARM_INTERVAL_MINUTES", 15, 2, 1_440)),
        environment.integer("WARM_REGENERATE", 0, 0, 100),
        targets);
  }

  /** The same Redis, with more time for it. */
  static RedisSettings patient(RedisSettings settings) {
    return settings.commandBudget().compareTo(COMMAND_BUDGET) > 0
        ? settings
        : new RedisSettings(settings.url(), COMMAND_BUDGET);
  }

  private static Map<String, RedisSettings> targets(String text) {
    Map<String, RedisSettings> targets = new LinkedHashMap<>();
    for (String pair : text.split("\\s+", -1)) {
      String[] parts = pair.split("=", 2);
      if (parts.length < 2
          || !NAME.matcher(parts[0]).matches()
          || parts[0].equals(DEFAULT_TARGET)
          || targets.containsKey(parts[0])) {
        throw new IllegalArgumentException("no pair");
      }
      targets.put(parts[0], new RedisSettings(RedisSettings.url(parts[1]), COMMAND_BUDGET));
    }
    return targets;
  }
}
