package dev.promptlab.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Waits for messages on channels. One connection for all, made when the first one is wanted, and
 * anew after a rest in which a frozen Lambda environment may have lost it. A message that comes
 * while there is no connection is lost. Thread-safe.
 */
public final class RedisSubscriptions {
  private static final Duration REST = Duration.ofSeconds(30);

  private final RedisConnection redis;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Set<Subscription>> waiting = new HashMap<>();
  private @Nullable StatefulRedisPubSubConnection<String, byte[]> connection;
  private Instant lastUsed = Instant.EPOCH;

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
    try {
      RedisConnection.await(live().async().subscribe(channel), redis.commandBudget());
      lastUsed = clock.instant();
      Subscription subscription = new Subscription(channel);
      waiting.computeIfAbsent(channel, _ -> new HashSet<>()).add(subscription);
      return subscription;
    } catch (RedisException e) {
      drop();
      throw RedisUnavailableException.refused(e);
    } catch (TimeoutException e) {
      drop();
      throw RedisUnavailableException.unanswered("no answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RedisUnavailableException.unanswered("interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  private void unsubscribe(Subscription subscription) {
    lock.lock();
    try {
      Set<Subscription> all = waiting.get(subscription.channel);
      if (all != null && all.remove(subscription) && all.isEmpty()) {
        waiting.remove(subscription.channel);
        if (connection != null && connection.isOpen()) {
          var _ = connection.async().unsubscribe(subscription.channel);
        }
      }
    } finally {
      lock.unlock();
    }
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
    lock.lock();
    try {
      waiting.getOrDefault(channel, Set.of()).forEach(found -> found.message.countDown());
    } finally {
      lock.unlock();
    }
  }
}
