package dev.promptlab.redis;

import dev.promptlab.outage.OutageException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Redis did not answer within its budget, refused, or is not asked at all while the circuit breaker
 * is open.
 */
public final class RedisUnavailableException extends OutageException {
  private static final long serialVersionUID = 1L;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final transient @Nullable RedisLink unanswered;

  private RedisUnavailableException(
      String message, @Nullable RedisLink unanswered, Throwable cause) {
    super(message, cause);
    this.unanswered = unanswered;
  }

  /** Nothing was sent. */
  static RedisUnavailableException notSent(String message, Throwable cause) {
    return new RedisUnavailableException(message, null, cause);
  }

  /** Sent on this connection, but not answered in time. */
  static RedisUnavailableException unanswered(String message, RedisLink link, Throwable cause) {
    return new RedisUnavailableException(message, link, cause);
  }

  /** Answered with an error, or not sent because there was no connection. */
  static RedisUnavailableException refused(Throwable cause) {
    return new RedisUnavailableException(cause.getClass().getSimpleName(), null, cause);
  }

  /**
   * Whether the command may still be carried out, or has been, although its answer is not known.
   */
  public boolean mayHaveRun() {
    return unanswered != null;
  }

  /**
   * Sends a command after the one that was not answered, on the connection that has that: so it is
   * carried out later. Waits for nothing.
   */
  public void sendAfterwards(
      Function<RedisClusterAsyncCommands<String, byte[]>, ? extends CompletionStage<?>> command) {
    if (unanswered != null) {
      unanswered.sendUnawaited(command);
    }
  }

  /** When it is worth to ask again. */
  public Duration retryAfter() {
    return RETRY_AFTER;
  }
}
