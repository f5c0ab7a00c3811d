package dev.promptlab.redis;

import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection that commands take, and the next one when that is lost: one attempt to connect at
 * a time, however many wait for it. Thread-safe.
 */
final class RedisLinks {
  static final Duration CONNECT_BUDGET = Duration.ofSeconds(1);

  /** Of a process: a cold JVM loads a thousand classes in it. */
  private static final Duration FIRST_CONNECT_BUDGET = Duration.ofSeconds(3);

  private static final Duration REST = Duration.ofSeconds(30);
  private static final int MOST_OWED = 10_000;
  private static final Logger LOG = LoggerFactory.getLogger(RedisLinks.class);

  private final RedisEndpoint endpoint;
  private final Clock clock;
  private final Duration commandBudget;
  private volatile @Nullable RedisLink link;
  private volatile Instant lastAnswer = Instant.EPOCH;
  private volatile boolean used;
  private volatile Instant lastTrouble = Instant.EPOCH;
  private @Nullable CompletableFuture<RedisLink> connecting;
  private final Deque<UnawaitedCommand> owed = new ArrayDeque<>();

  /** So that nobody takes the lock for nothing. */
  private volatile boolean owing;

  RedisLinks(RedisEndpoint endpoint, Clock clock, Duration commandBudget) {
    this.endpoint = endpoint;
    this.clock = clock;
    this.commandBudget = commandBudget;
  }

  /** The connection as it is, if there has been one. */
  @Nullable RedisLink current() {
    return link;
  }

  /** A connection to be trusted; waits for one for {@link #patience} at most. */
  RedisLink live() throws InterruptedException, TimeoutException {
    RedisLink current = link;
    RedisLink live =
        current != null && usable(current)
            ? current
            : RedisConnection.await(connected(), patience());
    if (owing) {
      settle(live);
    }
    return live;
  }

  /**
   * How long to wait for a connection. Not as long as the first one may take, while Redis is known
   * to be in trouble: it was asked in vain, and what is under way goes on in the background. What
   * was learnt before a rest does not count: a frozen environment thaws into another world.
   */
  Duration patience() {
    return inTrouble()
        ? commandBudget
        : lastAnswer.equals(Instant.EPOCH) ? FIRST_CONNECT_BUDGET : CONNECT_BUDGET;
  }

  /** Whether Redis was asked in vain lately. */
  boolean inTrouble() {
    return clock.instant().isBefore(lastTrouble.plus(REST));
  }

  /** Begins to connect, for who will need it. */
  void connectAhead() {
    var _ = connected();
  }

  /**
   * How long a command may take. The first one of a process longer, unless Redis is known to be in
   * trouble: a cold JVM loads the classes of commands and replies meanwhile, and a restored one its
   * memory.
   */
  Duration budget() {
    return used || inTrouble() ? commandBudget : CONNECT_BUDGET;
  }

  /** Redis has answered what somebody wanted to know. */
  void used() {
    used = true;
    answered();
  }

  /** Redis has answered. */
  void answered() {
    lastAnswer = clock.instant();
    lastTrouble = Instant.EPOCH;
  }

  /**
   * Redis was asked in vain.
   *
   * @param since when it was asked, not when that was given up: a freeze may lie between
   */
  void troubled(Instant since) {
    lastTrouble = since;
  }

  /** A connection that has failed is not used again. */
  synchronized void lost(RedisLink failed) {
    if (failed.equals(link) && failed.single()) {
      link = null;
      failed.close();
    }
  }

  /** Connects anew beside the connection that there is, which serves until the new one answers. */
  synchronized void renew() {
    if (connecting == null || connecting.isDone()) {
      connecting = inBackground(this::connect);
    }
  }

  /** Sends a command over the next connection: the one that it belongs to is lost. */
  void owe(UnawaitedCommand command) {
    synchronized (owed) {
      if (owed.size() == MOST_OWED) {
        owed.removeFirst();
      }
      owed.addLast(command);
      owing = true;
    }
  }

  private void settle(RedisLink live) {
    List<UnawaitedCommand> due;
    synchronized (owed) {
      due = new ArrayList<>(owed);
      owed.clear();
      owing = false;
    }
    due.forEach(command -> live.sendUnawaited(command, () -> owe(command)));
  }

  private boolean usable(RedisLink current) {
    return current.isOpen() && !clock.instant().isAfter(lastAnswer.plus(REST));
  }

  /** The attempt to connect that is under way, or else a new one. */
  private synchronized CompletableFuture<RedisLink> connected() {
    RedisLink current = link;
    if (current != null && usable(current)) {
      return CompletableFuture.completedFuture(current);
    }
    if (connecting == null || connecting.isDone()) {
      connecting =
          inBackground(
              () -> current != null && current.isOpen() && answers(current) ? current : connect());
    }
    return connecting;
  }

  private static <T> CompletableFuture<T> inBackground(Supplier<T> action) {
    return CompletableFuture.supplyAsync(action, task -> Thread.ofVirtual().start(task));
  }

  private boolean answers(RedisLink current) {
    try {
      RedisConnection.await(current.ping().get(), CONNECT_BUDGET.dividedBy(4));
      answered();
      return true;
    } catch (RedisException | TimeoutException e) {
      LOG.info("Redis connection was lost while it rested: {}", e.toString());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private RedisLink connect() {
    RedisLink fresh = endpoint.connect();
    try {
      // A new connection's first command loads classes and warms up both ends: it is part of
      // connecting.
      RedisConnection.await(fresh.ping().get(), CONNECT_BUDGET);
    } catch (RedisException | TimeoutException | InterruptedException e) {
      // Nobody else holds it.
      fresh.close();
      throw e instanceof RedisException failure ? failure : new RedisConnectionException("ping", e);
    }
    RedisLink old = link;
    answered();
    link = fresh;
    if (old != null) {
      old.close();
    }
    settle(fresh);
    return fresh;
  }

  /**
   * Closes the connection that there is, or that is being made, and forgets what was learnt of
   * Redis: what comes next is another world.
   */
  void disconnect() {
    awaitConnecting();
    RedisLink current;
    synchronized (this) {
      current = link;
      link = null;
      connecting = null;
      lastAnswer = Instant.EPOCH;
      lastTrouble = Instant.EPOCH;
      used = false;
    }
    if (current != null) {
      current.connection().close();
    }
  }

  private void awaitConnecting() {
    CompletableFuture<RedisLink> pending;
    synchronized (this) {
      pending = connecting;
    }
    if (pending == null) {
      return;
    }
    try {
      // However it ends.
      RedisConnection.await(pending.handle((_, _) -> true), FIRST_CONNECT_BUDGET);
    } catch (TimeoutException e) {
      LOG.info("A connection to Redis is still being made");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void close() {
    RedisLink current = link;
    if (current != null) {
      current.connection().close();
    }
  }
}
