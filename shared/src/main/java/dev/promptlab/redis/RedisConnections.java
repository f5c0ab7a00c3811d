package dev.promptlab.redis;

import dev.promptlab.config.Environment;
import dev.promptlab.config.RedisSettings;
import java.time.Clock;
import java.util.function.Consumer;

/**
 * The Redis of the limiter, and that of the cache, which may be the same. Thread-safe.
 *
 * @param limits whose loss refuses requests; it must not evict keys
 * @param cache whose loss makes misses of hits
 */
public record RedisConnections(RedisConnection limits, RedisConnection cache)
    implements AutoCloseable {

  /**
   * The connections that are configured; the first calls make them.
   *
   * @throws dev.promptlab.config.InvalidSettingException naming the setting that is missing or
   *     unusable
   */
  public static RedisConnections of(Environment environment, Clock clock) {
    RedisSettings settings = RedisSettings.of(environment);
    RedisConnection limits = new RedisConnection(settings, clock);
    return new RedisConnections(
        limits,
        RedisSettings.ofCache(environment)
            .filter(cache -> !cache.equals(settings))
            .map(cache -> new RedisConnection(cache, clock))
            .orElse(limits));
  }

  /** Begins to connect and waits for nothing. */
  public void connectAhead() {
    limits.connectAhead();
    cache.connectAhead();
  }

  /** Closes the connections for commands; the next calls make others. */
  public void disconnect() {
    limits.disconnect();
    if (!shared()) {
      cache.disconnect();
    }
  }

  /** Whether both are one. */
  public boolean shared() {
    return limits == cache;
  }

  /** Calls back at each transition of either's circuit breaker, with the state from then on. */
  public void onBreakerTransition(Consumer<String> listener) {
    limits.onBreakerTransition(listener);
    if (!shared()) {
      cache.onBreakerTransition(listener);
    }
  }

  @Override
  public void close() {
    limits.close();
    if (!shared()) {
      cache.close();
    }
  }
}
