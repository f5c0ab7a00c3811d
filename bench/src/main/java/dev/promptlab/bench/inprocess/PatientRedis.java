package dev.promptlab.bench.inprocess;

import dev.promptlab.config.RedisSettings;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisUnavailableException;
import java.time.Clock;

/**
 * PromptLab's connection to Redis, made with more patience than a function has: a cold JVM on a
 * busy machine may need more than that.
 */
public final class PatientRedis {
  private static final int ATTEMPTS = 20;

  private PatientRedis() {}

  /**
   * A connection that answers.
   *
   * @throws RedisUnavailableException if Redis did not answer at any attempt
   */
  public static RedisConnection connect(RedisSettings settings) {
    RedisConnection redis = new RedisConnection(settings, Clock.systemUTC());
    for (int attempt = 1; ; attempt++) {
      try {
        redis.check();
        return redis;
      } catch (RedisUnavailableException e) {
        if (attempt == ATTEMPTS) {
          redis.close();
          throw e;
        }
      }
    }
  }
}
