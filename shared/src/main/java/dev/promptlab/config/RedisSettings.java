package dev.promptlab.config;

import java.net.URI;
import java.time.Duration;

/**
 * Where Redis is and how long it may take.
 *
 * @param url {@code REDIS_URL}: {@code redis://} or {@code rediss://}
 * @param commandBudget {@code REDIS_COMMAND_TIMEOUT_MS}: for one command on a live connection
 */
public record RedisSettings(URI url, Duration commandBudget) {

  /** The settings of a function. */
  public static RedisSettings of(Environment environment) {
    return new RedisSettings(
        environment
            .uri("REDIS_URL")
            .orElseThrow(() -> new InvalidSettingException("REDIS_URL", "is not set")),
        Duration.ofMillis(environment.integer("REDIS_COMMAND_TIMEOUT_MS", 50, 1, 10_000)));
  }
}
