package dev.promptlab.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisReadOnlyException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One use of the circuit breaker's permission: what was sent, over which connection, and what its
 * end means for the breaker, for the connections and for the caller. Not thread-safe.
 */
final class RedisAttempt {
  private static final Duration CONNECT_BUDGET = RedisLinks.CONNECT_BUDGET;

  private final RedisBreaker breaker;
  private final RedisLinks links;
  private final Clock clock;
  private final Duration commandBudget;
  private final Instant begun;
  private final long startNanos = System.nanoTime();
  private long sentNanos = startNanos;
  private Duration budget;
  private boolean inTrouble;
  private @Nullable RedisLink sentOn;
  private boolean mayHaveRun;

  private RedisAttempt(
      RedisBreaker breaker, RedisLinks links, Clock clock, Duration commandBudget) {
    this.breaker = breaker;
    this.links = links;
    this.clock = clock;
    this.commandBudget = commandBudget;
    this.budget = commandBudget;
    this.begun = clock.instant();
  }

  /**
   * An attempt; it ends with {@link #succeeded} or {@link #failed}.
   *
   * @throws RedisUnavailableException if the breaker permits none
   */
  static RedisAttempt begin(
      RedisBreaker breaker, RedisLinks links, Clock clock, Duration commandBudget) {
    breaker.requirePermission();
    return new RedisAttempt(breaker, links, clock, commandBudget);
  }

  /** The connection to send over now; waits for it. */
  RedisLink connected() throws InterruptedException, TimeoutException {
    inTrouble = links.inTrouble();
    RedisLink live = links.live();
    budget = links.budget();
    sentNanos = System.nanoTime();
    sentOn = live;
    return live;
  }

  /** What is left of the command's budget. */
  Duration budgetLeft() {
    return budget.minusNanos(System.nanoTime() - sentNanos);
  }

  void succeeded() {
    links.used();
    breaker.succeeded(startNanos);
  }

  /** Whether there will be no answer, as the connection is lost; it is not used again then. */
  boolean lostConnection(RedisException failure) {
    if (sentOn == null || failure instanceof RedisCommandExecutionException) {
      return false;
    }
    links.lost(sentOn);
    sentOn = null;
    mayHaveRun = true;
    return true;
  }

  /** What the caller gets for a failure. */
  RedisUnavailableException failed(Exception failure) {
    if (failure instanceof InterruptedException) {
      breaker.showedNothing();
      Thread.currentThread().interrupt();
      return unanswered("interrupted", failure);
    }
    if (failure instanceof RedisException lost) {
      var _ = lostConnection(lost);
    }
    if (spansAFreeze(failure) || waitedForFirstConnection(failure)) {
      // It says nothing of Redis.
      breaker.showedNothing();
    } else {
      breaker.failed(startNanos, failure);
      renewIfUseless(failure);
    }
    if (!spansAFreeze(failure) && (failure instanceof TimeoutException || sentOn == null)) {
      links.troubled(begun);
    }
    return failure instanceof TimeoutException
        ? unanswered("no answer in time", failure)
        : mayHaveRun
            ? RedisUnavailableException.lost(links::owe, failure)
            : RedisUnavailableException.refused(failure);
  }

  private RedisUnavailableException unanswered(String message, Exception failure) {
    RedisLink asked = sentOn;
    if (asked != null) {
      return RedisUnavailableException.unanswered(
          message, command -> asked.sendUnawaited(command, () -> links.owe(command)), failure);
    }
    return mayHaveRun
        ? RedisUnavailableException.lost(links::owe, failure)
        : RedisUnavailableException.notSent("no connection in time", failure);
  }

  /**
   * Where all goes well, how the attempt to connect ends is counted, not how long it takes who
   * waits along.
   */
  private boolean waitedForFirstConnection(Exception failure) {
    return failure instanceof TimeoutException && sentOn == null && !inTrouble && breaker.closed();
  }

  private boolean spansAFreeze(Exception failure) {
    return failure instanceof TimeoutException
        && clock
            .instant()
            .isAfter(begun.plus(CONNECT_BUDGET).plus(commandBudget).plus(CONNECT_BUDGET));
  }

  /**
   * Connects anew beside a connection that seems to lead nowhere: to a server that is frozen, or a
   * master that is none any more.
   */
  private void renewIfUseless(Exception failure) {
    boolean silent = failure instanceof TimeoutException && !breaker.closed();
    if (sentOn != null && (silent || failure instanceof RedisReadOnlyException)) {
      links.renew();
    }
  }
}
