package dev.promptlab.testing;

import dev.promptlab.config.RedisSettings;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisUnavailableException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;

/**
 * Connections for tests that are not about connecting: on a busy machine the first one of a JVM may
 * take longer than a connection's budget.
 */
public final class LiveRedis {
  /** Of a second each; fewer than open the circuit breaker. */
  private static final int ATTEMPTS = 8;

  private static final Duration COMMAND_BUDGET = Duration.ofSeconds(5);

  private LiveRedis() {}

  /** A connection that has been answered on. */
  public static RedisConnection connect(URI url) {
    RedisConnection redis =
        new RedisConnection(new RedisSettings(url, COMMAND_BUDGET), Clock.systemUTC());
    awaitAnswer(redis);
    return redis;
  }

  /** Asks until there is an answer, or closes the connection. */
  public static void awaitAnswer(RedisConnection redis) {
    for (int attempt = 1; ; attempt++) {
      try {
        redis.check();
        return;
      } catch (RedisUnavailableException e) {
        if (attempt == ATTEMPTS) {
          redis.close();
          throw e;
        }
      }
    }
  }
}
