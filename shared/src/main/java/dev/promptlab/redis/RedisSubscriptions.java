package dev.promptlab.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.pubsub.api.async.RedisPubSubAsyncCommands;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for messages on channels, or listens to them for good. One connection for all, made when
 * the first one is wanted, and anew for who waits after a rest in which a frozen Lambda environment
 * may have lost it. A message that comes while there is no connection is lost. Thread-safe.
 */
public final class RedisSubscriptions {
  private static final Duration REST = Duration.ofSeconds(30);
  private static final Logger LOG = LoggerFactory.getLogger(RedisSubscriptions.class);

  private final RedisConnection redis;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * Read without the lock by the thread that brings the messages: whoever holds the lock may wait
   * for that thread.
   */
  private final Map<String, Set<Subscription>> waiting = new ConcurrentHashMap<>();

  /** What is listened to for good, on each connection. */
  private final Map<String, Runnable> listeners = new ConcurrentHashMap<>();

  private @Nullable StatefulRedisPubSubConnection<String, byte[]> connection;
  private Instant lastUsed = Instant.EPOCH;
  private boolean suspended;

  /** Waits for the next message on a channel. */
  public final class Subscription implements AutoCloseable {
    private final String channel;
    private final CountDownLatch message = new CountDownLatch(1);

    private Subscription(String channel) {
      this.channel = channel;
    }

    /** Whether the message came, within the time given. */
    public boolean await(Duration atMost) throws InterruptedException {
      return message.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
      unsubscribe(this);
    }
  }

  public RedisSubscriptions(RedisConnection redis, Clock clock) {
    this.redis = redis;
    this.clock = clock;
  }

  /**
   * Begins to wait for a message on a channel; none that is sent from now on is missed.
   *
   * @return to be closed
   * @throws RedisUnavailableException if Redis does not confirm it within its budget
   */
  public Subscription subscribe(String channel) {
    lock.lock();
    Subscription subscription = new Subscription(channel);
    boolean confirmed = false;
    try {
      RedisPubSubAsyncCommands<String, byte[]> commands = live().async();
      // Before Redis confirms: a message may come at once.
      waiting.computeIfAbsent(channel, _ -> ConcurrentHashMap.newKeySet()).add(subscription);
      RedisConnection.await(commands.subscribe(channel), redis.commandBudget());
      lastUsed = clock.instant();
      confirmed = true;
      return subscription;
    } catch (RedisException e) {
      throw RedisUnavailableException.refused(e);
    } catch (TimeoutException e) {
      throw RedisUnavailableException.notSent("no answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RedisUnavailableException.notSent("interrupted", e);
    } finally {
      if (!confirmed) {
        forget(subscription);
        if (waiting.isEmpty()) {
          drop();
        }
      }
      lock.unlock();
    }
  }

  /**
   * Listens to a channel from now on, for as long as there is a connection: one is begun here, and
   * renewed with the next subscription. Waits for nothing.
   *
   * @param listener is called back for each message, on a thread of its own; one a channel
   */
  public void listen(String channel, Runnable listener) {
    listeners.put(channel, listener);
    Thread.ofVirtual().name("listen " + channel).start(this::connectToListen);
  }

  /** Closes the connection, and makes none until {@link #resume}, as nobody waits. */
  public void suspend() {
    lock.lock();
    try {
      suspended = true;
      StatefulRedisPubSubConnection<String, byte[]> current = connection;
      connection = null;
      if (current != null) {
        current.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Begins to connect again for who listens, and waits for nothing. */
  public void resume() {
    lock.lock();
    try {
      suspended = false;
    } finally {
      lock.unlock();
    }
    if (!listeners.isEmpty()) {
      Thread.ofVirtual().name("listen again").start(this::connectToListen);
    }
  }

  private void connectToListen() {
    lock.lock();
    try {
      if (connection == null && !suspended) {
        var _ = live();
      }
    } catch (RedisException e) {
      LOG.info("Nobody listens yet: {}", e.getClass().getSimpleName());
    } finally {
      lock.unlock();
    }
  }

  private void unsubscribe(Subscription subscription) {
    lock.lock();
    try {
      if (forget(subscription) && connection != null && connection.isOpen()) {
        var _ = connection.async().unsubscribe(subscription.channel);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether it was the last one of its channel. */
  private boolean forget(Subscription subscription) {
    Set<Subscription> all = waiting.get(subscription.channel);
    if (all == null || !all.remove(subscription) || !all.isEmpty()) {
      return false;
    }
    waiting.remove(subscription.channel);
    return true;
  }

  private StatefulRedisPubSubConnection<String, byte[]> live() {
    StatefulRedisPubSubConnection<String, byte[]> current = connection;
    boolean rested = waiting.isEmpty() && clock.instant().isAfter(lastUsed.plus(REST));
    if (current != null && current.isOpen() && !rested) {
      return current;
    }
    drop();
    StatefulRedisPubSubConnection<String, byte[]> fresh = redis.connectForMessages();
    fresh.addListener(
        new RedisPubSubAdapter<>() {
          @Override
          public void message(String channel, byte[] message) {
            arrived(channel);
          }
        });
    connection = fresh;
    if (!listeners.isEmpty()) {
      var _ = fresh.async().subscribe(listeners.keySet().toArray(String[]::new));
    }
    return fresh;
  }

  private void drop() {
    StatefulRedisPubSubConnection<String, byte[]> current = connection;
    connection = null;
    if (current != null) {
      var _ = current.closeAsync();
    }
  }

  private void arrived(String channel) {
    Runnable listener = listeners.get(channel);
    if (listener != null) {
      Thread.ofVirtual().name("heard " + channel).start(listener);
    }
    waiting.getOrDefault(channel, Set.of()).forEach(found -> found.message.countDown());
  }
}
