package dev.promptlab.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisPipeline;
import dev.promptlab.redis.RedisReply;
import dev.promptlab.testing.RunningRedis;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What one identity costs in Redis; prints the table of {@code docs/limiter.md}. */
final class RateLimiterMemoryIT {
  @RegisterExtension static final RunningRedis RUNNING = new RunningRedis();
  private static final RedisConnection redis = RUNNING.connection();

  /** {@code MEMORY USAGE} of an identity that was admitted so often, with ids as the gateway's. */
  private static long bytes(RateLimitStore store, int limit, int admitted) {
    RedisRateLimiter limiter = new RedisRateLimiter(redis, store);
    String identity = "ip:203.0.113.7-%d-%d".formatted(limit, admitted);
    RateLimit rateLimit = new RateLimit("test", limit, Duration.ofHours(1));
    RedisPipeline pipeline = new RedisPipeline();
    for (int i = 0; i < admitted; i++) {
      RedisReply<RateLimitDecision.Counted> _ =
          limiter.check(pipeline, identity, rateLimit, "JKJaXmPLvHc%04d=".formatted(i));
    }
    redis.send(pipeline);
    return redis.<Long>call(commands -> commands.memoryUsage(limiter.key(identity)));
  }

  @Test
  void staysWithinItsMemory_whenTheWindowIsFull() {
    assertThat(bytes(RateLimitStore.SORTED_SET, 100, 100)).isLessThanOrEqualTo(3_800);
    assertThat(bytes(RateLimitStore.RING, 100, 100)).isLessThanOrEqualTo(1_400);
    assertThat(bytes(RateLimitStore.RING, 1_000, 1_000)).isLessThanOrEqualTo(10_500);
  }

  @Test
  void takesNoMoreThanItNeeds_whenTheLimitIsHighAndTheUseIsLow() {
    assertThat(bytes(RateLimitStore.RING, 1_000_000, 1)).isLessThanOrEqualTo(250);
  }

  @Test
  void printsTheTable() {
    System.out.println("| limit, all used | sorted-set, bytes | ring, bytes |");
    System.out.println("|---|---|---|");
    for (int limit : new int[] {1, 10, 100, 1_000}) {
      System.out.printf(
          "| %d | %d | %d |%n",
          limit,
          bytes(RateLimitStore.SORTED_SET, limit, limit),
          bytes(RateLimitStore.RING, limit, limit));
    }
  }
}
