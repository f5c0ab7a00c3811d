package dev.promptlab.ratelimit.redis;

import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.RateLimiter;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisPipeline;
import dev.promptlab.redis.RedisReply;
import dev.promptlab.redis.RedisScript;
import dev.promptlab.redis.RedisUnavailableException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The sliding window of each identity under a key of its own, decided by one script in one round
 * trip, by Redis's clock. Keys expire with their window. Thread-safe.
 */
public final class RedisRateLimiter implements RateLimiter {
  private static final int MAX_PLAIN_IDENTITY_BYTES = 64;

  /** Two of a million requests in one window share these by a chance of one in 500. */
  private static final int REQUEST_ID_BYTES = 6;

  private final RedisConnection redis;
  private final RateLimitStore store;
  private final RedisScript checkScript;
  private final RedisScript refundScript;

  public RedisRateLimiter(RedisConnection redis, RateLimitStore store) {
    this.redis = redis;
    this.store = store;
    this.checkScript = store.checkScript();
    this.refundScript = store.refundScript();
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
            checkScript,
            key(identity),
            bytes(limit.limit()),
            bytes(limit.window().toMillis()),
            shortened(requestId));
    return () -> decision(limit, reply.get());
  }

  /**
   * The decision where there was no answer. Redis may still run the script once it answers again:
   * what was refused here must not stay charged.
   */
  public RateLimitDecision.Unavailable unavailable(
      RedisUnavailableException failure, String identity, String requestId) {
    failure.sendAfterwards(commands -> refunded(commands, identity, requestId));
    return new RateLimitDecision.Unavailable(RedisUnavailableException.RETRY_AFTER);
  }

  @Override
  public void refund(String identity, String requestId) {
    redis.sendUnawaited(commands -> refunded(commands, identity, requestId));
  }

  /** By the source: not waited for, it cannot be sent again where Redis does not know a digest. */
  private CompletionStage<?> refunded(
      RedisClusterAsyncCommands<String, byte[]> commands, String identity, String requestId) {
    return commands.eval(
        refundScript.source(),
        ScriptOutputType.INTEGER,
        new String[] {key(identity)},
        shortened(requestId));
  }

  /** Under which key an identity is counted. */
  String key(String identity) {
    byte[] plain = identity.getBytes(StandardCharsets.UTF_8);
    return store.keyPrefix()
        + (plain.length <= MAX_PLAIN_IDENTITY_BYTES
            ? identity
            : "sha256:" + HexFormat.of().formatHex(sha256(plain)));
  }

  /** What a script knows a request by: ids of any length cost the same. */
  static byte[] shortened(String requestId) {
    return Arrays.copyOf(sha256(requestId.getBytes(StandardCharsets.UTF_8)), REQUEST_ID_BYTES);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
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

  private static byte[] bytes(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }

  private static long number(List<Object> reply, int index) {
    return (Long) reply.get(index);
  }
}
