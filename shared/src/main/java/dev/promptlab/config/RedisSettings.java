package dev.promptlab.config;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where Redis is and how long it may take.
 *
 * @param url with one of the schemes {@code redis}, {@code redis-sentinel} and {@code
 *     redis-cluster}, or {@code rediss…} for TLS
 * @param commandBudget {@code REDIS_COMMAND_TIMEOUT_MS}: for one command on a live connection
 */
public record RedisSettings(URI url, Duration commandBudget) {
  private static final Pattern FORM =
      Pattern.compile("rediss?(-sentinel|-cluster)?://[^\\s/?#]+([/?#]\\S*)?");

  /** {@code REDIS_URL}: of the limiter, and of all that nothing else is said of. */
  public static RedisSettings of(Environment environment) {
    return new RedisSettings(
        url(environment, "REDIS_URL")
            .orElseThrow(() -> new InvalidSettingException("REDIS_URL", "is not set")),
        commandBudget(environment));
  }

  /** {@code REDIS_CACHE_URL}: of the cache, where that has a Redis of its own. */
  public static Optional<RedisSettings> ofCache(Environment environment) {
    return url(environment, "REDIS_CACHE_URL")
        .map(url -> new RedisSettings(url, commandBudget(environment)));
  }

  /** An address of Redis; empty if the setting is not there. */
  public static Optional<URI> url(Environment environment, String name) {
    return environment.parsed(
        name,
        RedisSettings::url,
        "must be like redis://host:6379, redis-sentinel://host:26379,host:26379/0#master or"
            + " redis-cluster://host:6379, or rediss… for TLS, which ?iam=USER:CACHE:REGION needs");
  }

  /**
   * The address of Redis that a text is.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static URI url(String text) {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("another scheme");
    }
    URI url = URI.create(text);
    // For its exception.
    var _ = RedisIamUser.of(url);
    return url;
  }

  private static Duration commandBudget(Environment environment) {
    return Duration.ofMillis(environment.integer("REDIS_COMMAND_TIMEOUT_MS", 50, 1, 10_000));
  }
}
