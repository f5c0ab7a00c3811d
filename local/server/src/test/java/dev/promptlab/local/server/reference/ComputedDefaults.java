package dev.promptlab.local.server.reference;

import static java.util.stream.Collectors.joining;

import dev.promptlab.accounts.Tier;
import dev.promptlab.config.Environment;
import dev.promptlab.generation.DefaultModels;
import dev.promptlab.generation.Provider;
import dev.promptlab.ratelimit.RateLimits;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.redis.RedisConnections;
import java.time.Clock;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the code makes of settings that are not there, where they are neither numbers nor flags. */
final class ComputedDefaults {
  private ComputedDefaults() {}

  /** By the names of the settings. */
  static Map<String, String> all() {
    Environment empty = Environment.of(Map.of());
    RateLimits limits = new RateLimits(empty);
    EnumSet<Provider> withDefault = EnumSet.complementOf(EnumSet.of(Provider.BEDROCK));
    DefaultModels models = DefaultModels.of(empty, withDefault);
    Map<String, String> defaults =
        new TreeMap<>(
            Map.of(
                "REDIS_CACHE_URL",
                cacheSharesRedis() ? "REDIS_URL" : "none",
                "RATE_LIMITS",
                Arrays.stream(Tier.values())
                    .map(tier -> tier.wireName() + "=" + limits.of(tier).limit())
                    .collect(joining(",")),
                "RATE_LIMIT_ON_FAILURE",
                limits.sharedOut() ? "local" : "refuse",
                "RATE_LIMIT_STORE",
                RateLimitStore.of(empty).name().toLowerCase(Locale.ROOT).replace('_', '-')));
    for (Provider provider : withDefault) {
      defaults.put(provider.name() + "_MODEL", models.of(provider));
    }
    return defaults;
  }

  private static boolean cacheSharesRedis() {
    Environment environment = Environment.of(DeployedFunction.ENVIRONMENT);
    try (RedisConnections redis = RedisConnections.of(environment, Clock.systemUTC())) {
      return redis.shared();
    }
  }
}
