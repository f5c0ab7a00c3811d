package dev.promptlab.jobs.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.config.RedisSettings;
import dev.promptlab.jobs.JobEnds;
import dev.promptlab.jobs.JobWaits;
import dev.promptlab.jobs.JobWaitsContract;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisSubscriptions;
import dev.promptlab.testing.LiveRedis;
import dev.promptlab.testing.SettableClock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RedisJobWaitsIT extends JobWaitsContract {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final LocalRedis server = LocalRedis.start(Optional.empty());
  private final SettableClock clock = new SettableClock();
  private final RedisConnection redis =
      new RedisConnection(new RedisSettings(server.url(), Duration.ofSeconds(2)), clock);

  /** Another instance's: what is announced there is heard here. */
  private final RedisConnection elsewhere =
      new RedisConnection(new RedisSettings(server.url(), Duration.ofSeconds(2)), clock);

  private final RedisJobWaits waits =
      new RedisJobWaits(redis, new RedisSubscriptions(redis, clock), SEATS);

  @BeforeEach
  void connect() {
    LiveRedis.awaitAnswer(redis);
    LiveRedis.awaitAnswer(elsewhere);
  }

  @AfterEach
  void stop() {
    redis.close();
    elsewhere.close();
    server.close();
  }

  @Override
  protected JobEnds ends() {
    return new RedisJobEnds(elsewhere);
  }

  @Override
  protected JobWaits waits() {
    return waits;
  }

  @Test
  void letsNobodyWait_whileRedisIsGone_andThenAgain() {
    waits.begin(UUID.randomUUID(), "a", "1", LONG).orElseThrow().close();
    server.kill();
    assertThat(waits.begin(UUID.randomUUID(), "a", "2", LONG)).isEmpty();
    ends().announce(UUID.randomUUID());
    server.restart();
    long end = System.nanoTime() + LONG.toNanos();
    Optional<JobWaits.Wait> wait = Optional.empty();
    UUID jobId = UUID.randomUUID();
    while (wait.isEmpty() && System.nanoTime() < end) {
      wait = waits.begin(jobId, "a", "3", LONG);
    }
    try (JobWaits.Wait open = wait.orElseThrow()) {
      long start = System.nanoTime();
      announceUntilHeard(jobId, open);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
    }
  }

  /** Its connection too has to be made anew. */
  private void announceUntilHeard(UUID jobId, JobWaits.Wait wait) {
    Thread announcer =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!Thread.interrupted()) {
                    ends().announce(jobId);
                  }
                });
    wait.await(LONG);
    announcer.interrupt();
  }

  @Test
  void hearsWithANewConnection_whenTheOldOneDiedWhileItRested() {
    waits.begin(UUID.randomUUID(), "a", "1", LONG).orElseThrow().close();
    server.kill();
    server.restart();
    clock.advance(Duration.ofSeconds(31));
    UUID jobId = UUID.randomUUID();
    try (JobWaits.Wait wait = waits.begin(jobId, "a", "2", LONG).orElseThrow()) {
      ends().announce(jobId);
      long start = System.nanoTime();
      wait.await(LONG);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG.dividedBy(2));
    }
  }

  @Test
  void missesNoEnd_whileOthersBeginToWait() throws Exception {
    RedisSubscriptions subscriptions = new RedisSubscriptions(redis, clock);
    AtomicReference<UUID> hammered = new AtomicReference<>(UUID.randomUUID());
    Thread announcer =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!Thread.interrupted()) {
                    ends().announce(hammered.get());
                  }
                });
    for (int i = 0; i < 300; i++) {
      UUID next = UUID.randomUUID();
      // Messages arrive while this one subscribes: both go through the same connection.
      try (RedisSubscriptions.Subscription busy =
              subscriptions.subscribe(RedisJobEnds.channel(hammered.get()));
          RedisSubscriptions.Subscription own =
              subscriptions.subscribe(RedisJobEnds.channel(next))) {
        assertThat(busy.await(LONG)).isTrue();
        ends().announce(next);
        assertThat(own.await(LONG)).isTrue();
      }
      hammered.set(next);
    }
    announcer.interrupt();
    announcer.join();
  }
}
