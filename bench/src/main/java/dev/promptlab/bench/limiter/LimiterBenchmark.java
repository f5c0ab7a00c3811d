package dev.promptlab.bench.limiter;

import dev.promptlab.bench.inprocess.PatientRedis;
import dev.promptlab.bench.jmh.ForkSettings;
import dev.promptlab.bench.jmh.LettucePing;
import dev.promptlab.config.Environment;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.redis.RedisConnection;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** One check of a limit that admits, by each limiter, and beside them Redis's own round trip. */
public class LimiterBenchmark {
  private static final int IDENTITIES = 1_000;

  /** More than any identity asks for here: an admission writes, a denial does not. */
  private static final int LIMIT = 10_000;

  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final int WARM_UP_CALLS = 30_000;

  private static String redisUrl() {
    return Objects.requireNonNull(ForkSettings.read().get("REDIS_URL"));
  }

  private static void require(boolean admitted, Object decision) {
    if (!admitted) {
      throw new IllegalStateException("not admitted: " + decision);
    }
  }

  /** Identities in turn. */
  abstract static class Identities {
    private int next;

    /** Checks one identity, which has to be admitted. */
    abstract void check(String identity);

    /** The check that is measured. */
    void next() {
      next = (next + 1) % IDENTITIES;
      check("account:bench-" + next);
    }

    void warmUp() {
      for (int i = 0; i < WARM_UP_CALLS; i++) {
        next();
      }
    }
  }

  /** PromptLab's. */
  @State(Scope.Benchmark)
  public abstract static class PromptLab extends Identities {
    private final RateLimit limit = new RateLimit("bench", LIMIT, WINDOW);
    private final String run = UUID.randomUUID().toString();
    private final RedisConnection redis =
        PatientRedis.connect(RedisSettings.of(Environment.of(ForkSettings.read())));
    private final RedisRateLimiter limiter;
    private long requests;

    PromptLab(RateLimitStore store) {
      limiter = new RedisRateLimiter(redis, store);
      warmUp();
    }

    @Override
    void check(String identity) {
      RateLimitDecision decision = limiter.check(identity, limit, run + requests++);
      require(decision instanceof RateLimitDecision.Admitted, decision);
    }

    /** Disconnects. */
    @TearDown
    public void close() {
      redis.close();
    }
  }

  /** With the sorted set. */
  public static class SortedSet extends PromptLab {
    public SortedSet() {
      super(RateLimitStore.SORTED_SET);
    }
  }

  /** With the ring. */
  public static class Ring extends PromptLab {
    public Ring() {
      super(RateLimitStore.RING);
    }
  }

  /** Bucket4j on Lettuce: a token bucket that is compared and set. */
  @State(Scope.Benchmark)
  public static class Bucket4j extends Identities {
    private final RedisClient client = RedisClient.create(redisUrl());
    private final ProxyManager<String> buckets =
        Bucket4jLettuce.casBasedBuilder(
                client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)))
            .expirationAfterWrite(
                ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(WINDOW))
            .build();
    private final BucketConfiguration configuration =
        BucketConfiguration.builder()
            .addLimit(limit -> limit.capacity(LIMIT).refillGreedy(LIMIT, WINDOW))
            .build();

    public Bucket4j() {
      warmUp();
    }

    @Override
    void check(String identity) {
      ConsumptionProbe probe =
          buckets
              .getProxy("bucket4j:" + identity, () -> configuration)
              .tryConsumeAndReturnRemaining(1);
      require(probe.isConsumed(), probe);
    }

    /** Disconnects. */
    @TearDown
    public void close() {
      client.shutdown();
    }
  }

  /** Redisson's. */
  @State(Scope.Benchmark)
  public static class RedissonLimiter extends Identities {
    private final RedissonClient client;

    public RedissonLimiter() {
      Config config = new Config();
      config.useSingleServer().setAddress(redisUrl());
      client = Redisson.create(config);
      for (int i = 0; i < IDENTITIES; i++) {
        var _ = limiter("account:bench-" + i).trySetRate(RateType.OVERALL, LIMIT, WINDOW);
      }
      warmUp();
    }

    private RRateLimiter limiter(String identity) {
      return client.getRateLimiter("redisson:" + identity);
    }

    @Override
    void check(String identity) {
      require(limiter(identity).tryAcquire(), identity);
    }

    /** Disconnects. */
    @TearDown
    public void close() {
      client.shutdown();
    }
  }

  @Benchmark
  public String ping(LettucePing redis)
      throws ExecutionException, InterruptedException, TimeoutException {
    return redis.ping();
  }

  @Benchmark
  public void sortedSet(SortedSet limiter) {
    limiter.next();
  }

  @Benchmark
  public void ring(Ring limiter) {
    limiter.next();
  }

  @Benchmark
  public void bucket4j(Bucket4j limiter) {
    limiter.next();
  }

  @Benchmark
  public void redisson(RedissonLimiter limiter) {
    limiter.next();
  }
}
