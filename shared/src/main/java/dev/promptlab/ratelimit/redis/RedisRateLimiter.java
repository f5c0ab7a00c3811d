package dev.promptlab.ratelimit.redis;

import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.RateLimiter;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisPipeline;
import dev.promptlab.redis.RedisReply;
import dev.promptlab.redis.RedisScript;
import dev.promptlab.redis.RedisUnavailableException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The sliding window as a sorted set, decided by one script in one round trip, by Redis's clock.
 * Keys: {@code api-ratelimit:<identity>}; they expire with their window. Thread-safe.
 */
public final class RedisRateLimiter implements RateLimiter {
  private static final String KEY_PREFIX = "api-ratelimit:";
  private static final RedisScript SCRIPT =
      RedisScript.fromResource(RedisRateLimiter.class, "sliding-window.lua");

  private final RedisConnection redis;

  public RedisRateLimiter(RedisConnection redis) {
    this.redis = redis;
  }

  @Override
  public RateLimitDecision check(String identity, RateLimit limit, String requestId) {
    RedisPipeline pipeline = new RedisPipeline();
    RedisReply<RateLimitDecision.Counted> decision = check(pipeline, identity, limit, requestId);
    try {
      redis.send(pipeline);
      return decision.get();
    } catch (RedisUnavailableException e) {
      return unavailable(e, identity, requestId);
    }
  }

  /** The decision, as a part of a pipeline that the caller sends. */
  public RedisReply<RateLimitDecision.Counted> check(
      RedisPipeline pipeline, String identity, RateLimit limit, String requestId) {
    RedisReply<List<Object>> reply =
        pipeline.evaluate(
            SCRIPT,
            KEY_PREFIX + identity,
            bytes(limit.limit()),
            bytes(limit.window().toMillis()),
            bytes(requestId));
    return () -> decision(limit, reply.get());
  }

  /**
   * The decision where there was no answer. Redis may still run the script once it answers again:
   * what was refused here must not stay charged.
   */
  public RateLimitDecision.Unavailable unavailable(
      RedisUnavailableException failure, String identity, String requestId) {
    failure.sendAfterwards(commands -> refunded(commands, identity, requestId));
    return new RateLimitDecision.Unavailable(failure.retryAfter());
  }

  @Override
  public void refund(String identity, String requestId) {
    redis.sendUnawaited(commands -> refunded(commands, identity, requestId));
  }

  private static CompletionStage<?> refunded(
      RedisClusterAsyncCommands<String, byte[]> commands, String identity, String requestId) {
    return commands.zrem(KEY_PREFIX + identity, bytes(requestId));
  }

  private static RateLimitDecision.Counted decision(RateLimit limit, List<Object> reply) {
    boolean admitted = number(reply, 0) == 1;
    Instant resetAt = Instant.ofEpochMilli(number(reply, 3));
    Duration untilReset = Duration.ofMillis(number(reply, 3) - number(reply, 2));
    return admitted
        ? new RateLimitDecision.Admitted(
            limit, Math.toIntExact(number(reply, 1)), resetAt, untilReset)
        : new RateLimitDecision.Denied(limit, resetAt, untilReset);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }

  private static long number(List<Object> reply, int index) {
    return (Long) reply.get(index);
  }
}
