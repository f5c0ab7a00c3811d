package dev.promptlab.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.ResultCacheContract;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import io.lettuce.core.cluster.SlotHash;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However Redis is built: a request's whole flight, and what else is asked of Redis. */
final class RedisTopologiesIT {
  private static final RateLimit LIMIT = PartsOnRedis.LIMIT;
  private static final int IDENTITIES = 200;

  private final List<AutoCloseable> open = new ArrayList<>();
  @TempDir private Path folder;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private <T extends AutoCloseable> T closing(T one) {
    open.add(one);
    return one;
  }

  @Test
  void works_withAUserAndAPassword_whoMayNotLoadScripts() throws Exception {
    LocalRedis server =
        closing(
            LocalRedis.start(
                Optional.empty(),
                List.of(
                    ("--user default off --user promptlab on >s3cret-of-16-bytes ~* &* +@all"
                            + " -script")
                        .split(" "))));
    URI url = URI.create("redis://promptlab:s3cret-of-16-bytes@127.0.0.1:" + server.port());
    closing(new PartsOnRedis(url)).assertWork();
  }

  @Test
  void works_onACluster() throws Exception {
    closing(new PartsOnRedis(closing(RedisCluster.start()).url())).assertWork();
  }

  @Test
  void works_withARedisOfItsOwnForTheCache_andWithoutThat() throws Exception {
    LocalRedis limits = closing(LocalRedis.start(Optional.empty()));
    LocalRedis cache = closing(LocalRedis.start(Optional.empty()));
    PartsOnRedis parts =
        closing(
            new PartsOnRedis(
                Map.of(
                    "REDIS_URL", limits.url().toString(),
                    "REDIS_CACHE_URL", cache.url().toString())));
    parts.assertWork();
    cache.kill();
    CachedResult result =
        ResultCacheContract.result(
            ResultCacheContract.hash(), "x", Instant.now(), Duration.ofHours(1));
    for (int i = 0; i < 5; i++) {
      assertThat(parts.arrived("other", result).result()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"sorted-set, api-ratelimit:", "ring, api-ratelimit-ring:"})
  void keepsTheLimit_whileAClusterIsResharded(String store, String keyPrefix) throws Exception {
    RedisCluster cluster = closing(RedisCluster.start());
    PartsOnRedis parts =
        closing(
            new PartsOnRedis(
                Map.of("REDIS_URL", cluster.url().toString(), "RATE_LIMIT_STORE", store)));
    Load load = new Load(parts.limiter);
    load.start();
    for (int i = 0; i < IDENTITIES; i++) {
      cluster.moveSlot(SlotHash.getSlot(keyPrefix + Load.identity(i)));
    }
    load.stop();
    // A node that is new to us may refuse for as long as it takes to connect to it.
    assertThat(load.unavailable.get())
        .as("refused without a decision")
        .isLessThan(load.asked.get() / 20);
    load.assertExact();
  }

  @Test
  void findsTheNewMaster_whenTheOldOneIsKilled() throws Exception {
    RedisSentinels sentinels = closing(RedisSentinels.start(folder));
    PartsOnRedis parts = closing(new PartsOnRedis(sentinels.url()));
    parts.assertWork();
    assertFailsOver(parts, sentinels, sentinels.master()::kill);
  }

  @Test
  void findsTheNewMaster_whenTheOldOneIsFrozen_andLaterAReplica() throws Exception {
    RedisSentinels sentinels = closing(RedisSentinels.start(folder));
    PartsOnRedis parts = closing(new PartsOnRedis(sentinels.url()));
    parts.assertWork();
    assertFailsOver(parts, sentinels, sentinels.master()::suspend);
    sentinels.master().resume();
    for (int i = 0; i < 50; i++) {
      check(parts);
    }
    await(() -> check(parts) instanceof RateLimitDecision.Admitted);
  }

  private static void assertFailsOver(PartsOnRedis parts, RedisSentinels sentinels, Runnable fault)
      throws InterruptedException {
    Load load = new Load(parts.limiter);
    load.start();
    fault.run();
    sentinels.awaitFailover();
    await(() -> check(parts) instanceof RateLimitDecision.Admitted);
    load.stop();
    // One more limit, as a replica may not have had the last stamps.
    load.assertAtMost(2 * LIMIT.limit());
  }

  private static RateLimitDecision check(PartsOnRedis parts) {
    return parts.limiter.check(
        "probe",
        new RateLimit("test", 1_000_000, Duration.ofMinutes(1)),
        UUID.randomUUID().toString());
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("not in time").isLessThan(end);
    }
  }

  /** Threads that ask for many identities all the time. */
  private static final class Load {
    final AtomicInteger asked = new AtomicInteger();
    final AtomicInteger unavailable = new AtomicInteger();
    private final Map<String, AtomicInteger> admitted = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final RedisRateLimiter limiter;
    private volatile boolean stopped;

    Load(RedisRateLimiter limiter) {
      this.limiter = limiter;
    }

    static String identity(int number) {
      return "load:" + number;
    }

    void start() {
      for (int i = 0; i < 4; i++) {
        threads.add(Thread.ofPlatform().start(this::run));
      }
    }

    private void run() {
      for (int i = 0; !stopped; i++) {
        String identity = identity(i % IDENTITIES);
        asked.incrementAndGet();
        RateLimitDecision decision = limiter.check(identity, LIMIT, UUID.randomUUID().toString());
        if (decision instanceof RateLimitDecision.Admitted) {
          admitted.computeIfAbsent(identity, _ -> new AtomicInteger()).incrementAndGet();
        } else if (decision instanceof RateLimitDecision.Unavailable) {
          unavailable.incrementAndGet();
        }
      }
    }

    void stop() throws InterruptedException {
      stopped = true;
      for (Thread thread : threads) {
        thread.join();
      }
    }

    void assertExact() {
      assertThat(admitted.values())
          .hasSize(IDENTITIES)
          .allSatisfy(count -> assertThat(count.get()).isEqualTo(LIMIT.limit()));
    }

    void assertAtMost(int most) {
      assertThat(admitted.values())
          .allSatisfy(count -> assertThat(count.get()).isLessThanOrEqualTo(most));
    }
  }
}
