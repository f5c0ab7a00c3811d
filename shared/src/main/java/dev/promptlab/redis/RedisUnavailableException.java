package dev.promptlab.redis;

import java.time.Duration;

/**
 * Redis did not answer within its budget, refused, or is not asked at all while the circuit breaker
 * is open.
 */
public final class RedisUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  RedisUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  /** When it is worth to ask again. */
  public Duration retryAfter() {
    return RETRY_AFTER;
  }
}
