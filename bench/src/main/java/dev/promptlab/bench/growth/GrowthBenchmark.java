package dev.promptlab.bench.growth;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.bench.inprocess.Callers;
import dev.promptlab.bench.inprocess.HitCalls;
import dev.promptlab.bench.inprocess.PatientRedis;
import dev.promptlab.bench.jmh.ForkSettings;
import dev.promptlab.config.Environment;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.redis.RedisConnection;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Hits and checks of the rate limit, where there is little, more and much in Redis. */
public class GrowthBenchmark {
  private static final int WARM_UP_CALLS = 30_000;

  /** Hits, of any of so many callers and inputs. */
  @State(Scope.Benchmark)
  public abstract static class Hits {
    private final HitCalls calls;

    Hits(Level level) {
      calls =
          new HitCalls(
              level.settings(ForkSettings.read()),
              Callers.withoutKeys(level.identities()),
              0,
              level.inputs());
      calls.warmUp();
    }

    APIGatewayV2HTTPResponse next() {
      return calls.next();
    }

    /** Stops the handler. */
    @TearDown
    public void stop() {
      calls.close();
    }
  }

  /** Of one caller. */
  public static class OneHit extends Hits {
    public OneHit() {
      super(Level.ONE);
    }
  }

  /** Of a thousand. */
  public static class ThousandHits extends Hits {
    public ThousandHits() {
      super(Level.THOUSAND);
    }
  }

  /** Of a million. */
  public static class MillionHits extends Hits {
    public MillionHits() {
      super(Level.MILLION);
    }
  }

  /** Checks, of any of so many identities. */
  @State(Scope.Benchmark)
  public abstract static class Checks {
    private final SplittableRandom random = new SplittableRandom();
    private final String run = UUID.randomUUID().toString();
    private final int identities;
    private final RateLimit limit;
    private final RedisConnection redis;
    private final RedisRateLimiter limiter;
    private long requests;

    Checks(Level level) {
      Map<String, String> settings = level.settings(ForkSettings.read());
      identities = level.identities();
      limit = level.limit();
      redis = PatientRedis.connect(RedisSettings.of(Environment.of(settings)));
      limiter = new RedisRateLimiter(redis, RateLimitStore.SORTED_SET);
      for (int i = 0; i < WARM_UP_CALLS; i++) {
        next();
      }
    }

    RateLimitDecision next() {
      RateLimitDecision decision =
          limiter.check(Level.identity(random.nextInt(identities)), limit, run + requests++);
      if (!(decision instanceof RateLimitDecision.Admitted)) {
        throw new IllegalStateException("not admitted: " + decision);
      }
      return decision;
    }

    /** Disconnects. */
    @TearDown
    public void stop() {
      redis.close();
    }
  }

  /** Of one identity. */
  public static class OneCheck extends Checks {
    public OneCheck() {
      super(Level.ONE);
    }
  }

  /** Of a thousand. */
  public static class ThousandChecks extends Checks {
    public ThousandChecks() {
      super(Level.THOUSAND);
    }
  }

  /** Of a million. */
  public static class MillionChecks extends Checks {
    public MillionChecks() {
      super(Level.MILLION);
    }
  }

  @Benchmark
  public APIGatewayV2HTTPResponse hitOne(OneHit hits) {
    return hits.next();
  }

  @Benchmark
  public APIGatewayV2HTTPResponse hitThousand(ThousandHits hits) {
    return hits.next();
  }

  @Benchmark
  public APIGatewayV2HTTPResponse hitMillion(MillionHits hits) {
    return hits.next();
  }

  @Benchmark
  public RateLimitDecision checkOne(OneCheck checks) {
    return checks.next();
  }

  @Benchmark
  public RateLimitDecision checkThousand(ThousandChecks checks) {
    return checks.next();
  }

  @Benchmark
  public RateLimitDecision checkMillion(MillionChecks checks) {
    return checks.next();
  }
}
