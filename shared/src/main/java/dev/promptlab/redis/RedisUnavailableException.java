package dev.promptlab.redis;

import java.time.Duration;

/**
 * Redis did not answer within its budget, refused, or is not asked at all while the circuit breaker
 * is open.
 */
public final class RedisUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final boolean mayHaveRun;

  private RedisUnavailableException(String message, boolean mayHaveRun, Throwable cause) {
    super(message, cause);
    this.mayHaveRun = mayHaveRun;
  }

  /** Nothing was sent. */
  static RedisUnavailableException notSent(String message, Throwable cause) {
    return new RedisUnavailableException(message, false, cause);
  }

  /** Sent, but not answered in time. */
  static RedisUnavailableException unanswered(String message, Throwable cause) {
    return new RedisUnavailableException(message, true, cause);
  }

  /** Answered with an error, or not sent because there was no connection. */
  static RedisUnavailableException refused(Throwable cause) {
    return new RedisUnavailableException(cause.getClass().getSimpleName(), false, cause);
  }

  /**
   * Whether the command may still be carried out, or has been, although its answer is not known.
   */
  public boolean mayHaveRun() {
    return mayHaveRun;
  }

  /** When it is worth to ask again. */
  public Duration retryAfter() {
    return RETRY_AFTER;
  }
}
