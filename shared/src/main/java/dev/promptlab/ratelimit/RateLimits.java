package dev.promptlab.ratelimit;

import dev.promptlab.accounts.Tier;
import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The limits of each tier. Settings: {@code RATE_LIMITS}, as {@code anonymous=100,free=10}, where a
 * tier that is not named keeps its default, and {@code RATE_LIMIT_WINDOW_SECONDS}; {@code
 * RATE_LIMIT_ON_FAILURE}, {@code refuse} or {@code local}, and with the latter {@code INSTANCES}.
 * Immutable.
 */
public final class RateLimits {
  private static final Map<Tier, Integer> DEFAULTS =
      Map.of(Tier.ANONYMOUS, 100, Tier.FREE, 10, Tier.PRO, 100, Tier.ENTERPRISE, 1000);
  private static final int MAX_LIMIT = 1_000_000;
  private static final int READS_FACTOR = 10;
  private static final RateLimit KEY_LOOKUPS = new RateLimit("auth", 1_000, Duration.ofSeconds(60));

  private static final int MAX_INSTANCES = 10_000;

  private final Map<Tier, RateLimit> limits = new EnumMap<>(Tier.class);
  private final Optional<Integer> instances;

  public RateLimits(Environment environment) {
    Duration window =
        environment.seconds(
            "RATE_LIMIT_WINDOW_SECONDS",
            Duration.ofSeconds(60),
            Duration.ofSeconds(1),
            Duration.ofDays(1));
    Map<Tier, Integer> configured =
        environment
            .parsed(
                "RATE_LIMITS",
                RateLimits::parse,
                "must be like anonymous=100,free=10,pro=100,enterprise=1000, each tier at most once, from 1 to "
                    + MAX_LIMIT)
            .orElse(Map.of());
    instances = instances(environment);
    DEFAULTS.forEach(
        (tier, limit) ->
            limits.put(
                tier,
                new RateLimit(tier.wireName(), configured.getOrDefault(tier, limit), window)));
  }

  private static Optional<Integer> instances(Environment environment) {
    boolean local =
        environment
            .parsed(
                "RATE_LIMIT_ON_FAILURE",
                text ->
                    switch (text) {
                      case "refuse" -> false;
                      case "local" -> true;
                      default -> throw new IllegalArgumentException(text);
                    },
                "must be refuse or local")
            .orElse(false);
    if (!local) {
      return Optional.empty();
    }
    if (environment.text("INSTANCES").isEmpty()) {
      throw new InvalidSettingException(
          "INSTANCES", "is not set: RATE_LIMIT_ON_FAILURE=local divides the limits by it");
    }
    return Optional.of(environment.integer("INSTANCES", 1, 1, MAX_INSTANCES));
  }

  /** Whether processes decide alone while the store cannot be asked. */
  public boolean sharedOut() {
    return instances.isPresent();
  }

  /**
   * What this process may admit of a limit by itself while the store cannot be asked, so that all
   * processes together stay within it; empty: nothing.
   */
  public Optional<RateLimit> shareOf(RateLimit limit) {
    return instances
        .map(all -> limit.limit() / all)
        .filter(share -> share > 0)
        .map(share -> new RateLimit(limit.policy(), share, limit.window()));
  }

  /** For what may cost an LLM call. */
  public RateLimit of(Tier tier) {
    return Objects.requireNonNull(limits.get(tier));
  }

  /** For everything else: ten times as many, in a window of their own. */
  public RateLimit readsOf(Tier tier) {
    RateLimit generate = of(tier);
    return new RateLimit(
        generate.policy(), Math.multiplyExact(READS_FACTOR, generate.limit()), generate.window());
  }

  /** For keys that have to be looked up, by where they come from: so that guessing is limited. */
  public RateLimit keyLookups() {
    return KEY_LOOKUPS;
  }

  private static Map<Tier, Integer> parse(String text) {
    Map<Tier, Integer> limits = new EnumMap<>(Tier.class);
    for (String entry : text.split(",", -1)) {
      int equals = entry.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException(entry);
      }
      Tier tier =
          Tier.named(entry.substring(0, equals).strip())
              .orElseThrow(() -> new IllegalArgumentException(entry));
      int limit = Integer.parseInt(entry.substring(equals + 1).strip());
      if (limit < 1 || limit > MAX_LIMIT || limits.put(tier, limit) != null) {
        throw new IllegalArgumentException(entry);
      }
    }
    return limits;
  }
}
