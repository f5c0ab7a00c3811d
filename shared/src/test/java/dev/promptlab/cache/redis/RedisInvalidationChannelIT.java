package dev.promptlab.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.cache.InvalidationChannel;
import dev.promptlab.cache.InvalidationChannelContract;
import dev.promptlab.cache.KeyPattern;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisSubscriptions;
import dev.promptlab.testing.LiveRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RedisInvalidationChannelIT extends InvalidationChannelContract {
  private static final String CHANNEL = "cache:invalidate";

  private final LocalRedis server = LocalRedis.start(Optional.empty());
  private final RedisConnection here = connection();
  private final RedisConnection elsewhere = connection();
  private final RedisInvalidationChannel channel =
      new RedisInvalidationChannel(here, new RedisSubscriptions(here, Clock.systemUTC()));

  private RedisConnection connection() {
    return new RedisConnection(
        new RedisSettings(server.url(), Duration.ofSeconds(2)), Clock.systemUTC());
  }

  @BeforeEach
  void connect() {
    LiveRedis.awaitAnswer(here);
    LiveRedis.awaitAnswer(elsewhere);
  }

  @AfterEach
  void stop() {
    here.close();
    elsewhere.close();
    server.close();
  }

  @Override
  protected InvalidationChannel listening() {
    return channel;
  }

  @Override
  protected InvalidationChannel publishing() {
    return new RedisInvalidationChannel(
        elsewhere, new RedisSubscriptions(elsewhere, Clock.systemUTC()));
  }

  @Override
  protected void awaitListening() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (listeners() == 0) {
      assertThat(System.nanoTime()).as("nobody listens").isLessThan(end);
    }
  }

  private long listeners() {
    Map<String, Long> numbers =
        elsewhere.<Map<String, Long>>call(commands -> commands.pubsubNumsub(CHANNEL));
    return numbers.getOrDefault(CHANNEL, 0L);
  }

  @Test
  void listensAgain_whenTheConnectionWasLost() throws InterruptedException {
    Semaphore heard = new Semaphore(0);
    channel.listen(heard::release);
    awaitListening();
    server.kill();
    server.restart();
    LiveRedis.awaitAnswer(elsewhere);
    awaitListening();
    publishing()
        .publish(new InvalidationChannel.Message(KeyPattern.everything(), "after the restart"));
    assertThat(heard.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void writesPatternAndReason_asJson() throws InterruptedException {
    BlockingQueue<String> raw = new LinkedBlockingQueue<>();
    try (RedisClient client = RedisClient.create(server.url().toString())) {
      StatefulRedisPubSubConnection<String, String> connection = client.connectPubSub();
      connection.addListener(
          new RedisPubSubAdapter<>() {
            @Override
            public void message(String name, String message) {
              raw.add(message);
            }
          });
      connection.sync().subscribe(CHANNEL);
      publishing()
          .publish(
              new InvalidationChannel.Message(new KeyPattern("gen:job:hash:0*"), "wrong date"));
      assertThat(raw.poll(20, TimeUnit.SECONDS))
          .isEqualTo("{\"pattern\":\"gen:job:hash:0*\",\"reason\":\"wrong date\"}");
    }
  }
}
