package dev.promptlab.redis;

import dev.promptlab.outage.OutageException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Redis did not answer within its budget, refused, or is not asked at all while the circuit breaker
 * is open.
 */
public final class RedisUnavailableException extends OutageException {
  private static final long serialVersionUID = 1L;

  /** When it is worth to ask again. */
  public static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final transient @Nullable Consumer<UnawaitedCommand> afterwards;
  private final boolean underWay;

  private RedisUnavailableException(
      String message,
      @Nullable Consumer<UnawaitedCommand> afterwards,
      boolean underWay,
      Throwable cause) {
    super(message, cause);
    this.afterwards = afterwards;
    this.underWay = underWay;
  }

  /** Nothing was sent. */
  static RedisUnavailableException notSent(String message, Throwable cause) {
    return new RedisUnavailableException(message, null, false, cause);
  }

  /**
   * Sent, but not answered in time.
   *
   * @param afterwards sends a command so that it is carried out later
   */
  static RedisUnavailableException unanswered(
      String message, Consumer<UnawaitedCommand> afterwards, Throwable cause) {
    return new RedisUnavailableException(message, afterwards, true, cause);
  }

  /**
   * Sent, but the connection was lost before the answer.
   *
   * @param afterwards sends a command over the next connection
   */
  static RedisUnavailableException lost(Consumer<UnawaitedCommand> afterwards, Throwable cause) {
    return new RedisUnavailableException("connection lost", afterwards, false, cause);
  }

  /** Answered with an error, or not sent because there was no connection. */
  static RedisUnavailableException refused(Throwable cause) {
    return new RedisUnavailableException(reason(cause), null, false, cause);
  }

  /** What a failure is, in words that may be logged. */
  static String reason(Throwable failure) {
    return kind(failure);
  }

  /** Whether the command is still under way, and will probably be carried out. */
  public boolean underWay() {
    return underWay;
  }

  /**
   * Sends a command that is carried out after the one that was not answered: on the connection that
   * has that, or where it is lost, on the next one. Waits for nothing.
   */
  public void sendAfterwards(UnawaitedCommand command) {
    if (afterwards != null) {
      afterwards.accept(command);
    }
  }

  /** How loudly to tell of it: when the circuit breaker opened, that was told. */
  public Level logLevel() {
    return getCause() instanceof CallNotPermittedException ? Level.DEBUG : Level.WARN;
  }
}
