package dev.promptlab.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.KeyPattern;
import dev.promptlab.cache.ResultCacheContract;
import dev.promptlab.cache.redis.RedisResultCache;
import dev.promptlab.config.Environment;
import dev.promptlab.epoch.redis.RedisEpoch;
import dev.promptlab.flight.FlightReply;
import dev.promptlab.flight.redis.RedisFlight;
import dev.promptlab.jobs.JobWaits;
import dev.promptlab.jobs.redis.RedisJobEnds;
import dev.promptlab.jobs.redis.RedisJobWaits;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.observability.redis.RedisFleetMetrics;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.testing.LiveRedis;
import io.lettuce.core.cluster.SlotHash;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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

/** However Redis is built: a request's whole flight, and what else is asked of Redis. */
final class RedisTopologiesIT {
  private static final RateLimit LIMIT = new RateLimit("test", 5, Duration.ofMinutes(10));
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

  /** What the functions build on Redis. */
  private final class Parts {
    final RedisConnections redis;
    final RedisFleetMetrics metrics;
    final RedisResultCache cache;
    final RedisRateLimiter limiter;
    final RedisEpoch epoch;
    final RedisFlight flight;

    Parts(Map<String, String> urls) {
      Map<String, String> settings = new HashMap<>(urls);
      settings.put("REDIS_COMMAND_TIMEOUT_MS", "5000");
      redis = closing(RedisConnections.of(Environment.of(settings), Clock.systemUTC()));
      LiveRedis.awaitAnswer(redis.limits());
      LiveRedis.awaitAnswer(redis.cache());
      metrics = new RedisFleetMetrics(redis.limits());
      cache = new RedisResultCache(redis.cache(), Clock.systemUTC(), new SecureRandom(), metrics);
      limiter = new RedisRateLimiter(redis.limits(), RateLimitStore.SORTED_SET);
      epoch = new RedisEpoch(redis.limits());
      flight = new RedisFlight(redis.limits(), limiter, epoch, cache, metrics);
    }

    Parts(URI url) {
      this(Map.of("REDIS_URL", url.toString()));
    }

    void assertWork() throws Exception {
      CachedResult result =
          ResultCacheContract.result(
              ResultCacheContract.hash(), "an answer", Instant.now(), Duration.ofHours(1));
      cache.set(result);
      FlightReply.Arrived first = arrived("someone", result);
      assertThat(first.decision()).isInstanceOf(RateLimitDecision.Admitted.class);
      assertThat(first.result()).contains(result);
      epoch.advance();
      FlightReply.Arrived second = arrived("someone", result);
      assertThat(second.decision().remaining()).isEqualTo(3);
      assertThat(second.epoch().token()).isNotEqualTo(first.epoch().token());
      cache.deleteMatching(KeyPattern.everything(), Duration.ofSeconds(10));
      assertThat(arrived("someone", result).result()).isEmpty();
      redis.limits().check();
      assertWaitsWork();
    }

    private void assertWaitsWork() {
      UUID jobId = UUID.randomUUID();
      RedisJobWaits waits =
          new RedisJobWaits(
              redis.limits(), new RedisSubscriptions(redis.limits(), Clock.systemUTC()), 10);
      try (JobWaits.Wait wait =
          waits.begin(jobId, "acme", "r", Duration.ofSeconds(20)).orElseThrow()) {
        // The nodes of a new cluster may not have found to each other yet.
        Thread announcer =
            Thread.ofVirtual()
                .start(
                    () -> {
                      while (!Thread.interrupted()) {
                        new RedisJobEnds(redis.limits()).announce(jobId);
                      }
                    });
        long start = System.nanoTime();
        wait.await(Duration.ofSeconds(20));
        announcer.interrupt();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      }
    }

    private FlightReply.Arrived arrived(String identity, CachedResult result) {
      FlightReply reply =
          flight.send(
              identity, LIMIT, UUID.randomUUID().toString(), Optional.of(result.inputHash()));
      assertThat(reply).isInstanceOf(FlightReply.Arrived.class);
      return (FlightReply.Arrived) reply;
    }
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
    new Parts(url).assertWork();
  }

  @Test
  void works_onACluster() throws Exception {
    new Parts(closing(RedisCluster.start()).url()).assertWork();
  }

  @Test
  void works_withARedisOfItsOwnForTheCache_andWithoutThat() throws Exception {
    LocalRedis limits = closing(LocalRedis.start(Optional.empty()));
    LocalRedis cache = closing(LocalRedis.start(Optional.empty()));
    Parts parts =
        new Parts(
            Map.of(
                "REDIS_URL", limits.url().toString(),
                "REDIS_CACHE_URL", cache.url().toString()));
    parts.assertWork();
    cache.kill();
    CachedResult result =
        ResultCacheContract.result(
            ResultCacheContract.hash(), "x", Instant.now(), Duration.ofHours(1));
    for (int i = 0; i < 5; i++) {
      assertThat(parts.arrived("other", result).result()).isEmpty();
    }
  }

  @Test
  void keepsTheLimit_whileAClusterIsResharded() throws Exception {
    RedisCluster cluster = closing(RedisCluster.start());
    Parts parts = new Parts(cluster.url());
    Load load = new Load(parts.limiter);
    load.start();
    for (int i = 0; i < IDENTITIES; i++) {
      cluster.moveSlot(SlotHash.getSlot("api-ratelimit:" + Load.identity(i)));
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
    Parts parts = new Parts(sentinels.url());
    parts.assertWork();
    assertFailsOver(parts, sentinels, sentinels.master()::kill);
  }

  @Test
  void findsTheNewMaster_whenTheOldOneIsFrozen_andLaterAReplica() throws Exception {
    RedisSentinels sentinels = closing(RedisSentinels.start(folder));
    Parts parts = new Parts(sentinels.url());
    parts.assertWork();
    assertFailsOver(parts, sentinels, sentinels.master()::suspend);
    sentinels.master().resume();
    for (int i = 0; i < 50; i++) {
      check(parts);
    }
    await(() -> check(parts) instanceof RateLimitDecision.Admitted);
  }

  private static void assertFailsOver(Parts parts, RedisSentinels sentinels, Runnable fault)
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

  private static RateLimitDecision check(Parts parts) {
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
