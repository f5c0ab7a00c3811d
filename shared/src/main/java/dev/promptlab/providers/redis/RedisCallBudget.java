package dev.promptlab.providers.redis;

import dev.promptlab.generation.Provider;
import dev.promptlab.providers.CallBudget;
import dev.promptlab.providers.CallLimits;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.RateLimiter;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisScript;
import dev.promptlab.redis.RedisUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls at a time under {@code promptlab:calls:<provider>}; calls per minute in the sliding window
 * of a rate limiter. Thread-safe.
 */
public final class RedisCallBudget implements CallBudget {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Nobody knows when a call ends; calls take seconds. */
  private static final Duration UNTIL_ONE_ENDS = Duration.ofSeconds(5);

  private static final RedisScript TAKE =
      RedisScript.fromResource(RedisCallBudget.class, "take-turn.lua");
  private static final Logger LOG = LoggerFactory.getLogger(RedisCallBudget.class);

  private final RedisConnection redis;
  private final RateLimiter limiter;
  private final CallLimits limits;

  public RedisCallBudget(RedisConnection redis, RateLimiter limiter, CallLimits limits) {
    this.redis = redis;
    this.limiter = limiter;
    this.limits = limits;
  }

  @Override
  public Turn take(Provider provider, UUID call, Duration longest) {
    int atATime = limits.atATime(provider).orElse(0);
    if (atATime > 0 && !begun(provider, call, longest, atATime)) {
      return new Turn.Later(UNTIL_ONE_ENDS);
    }
    int perMinute = limits.perMinute(provider).orElse(0);
    if (perMinute > 0
        && limiter.check(
                "calls:" + provider.wireName(),
                new RateLimit(provider.wireName(), perMinute, MINUTE),
                call.toString())
            instanceof RateLimitDecision.Denied denied) {
      end(provider, call);
      return new Turn.Later(denied.untilReset());
    }
    return new Turn.Granted();
  }

  private boolean begun(Provider provider, UUID call, Duration longest, int atATime) {
    try {
      return redis
          .evaluate(TAKE, key(provider), bytes(call), bytes(longest.toMillis()), bytes(atATime))
          .getFirst()
          .equals(1L);
    } catch (RedisUnavailableException e) {
      LOG.atLevel(e.logLevel()).log("A call is made uncounted: {}", e.getMessage());
      return true;
    }
  }

  @Override
  public void end(Provider provider, UUID call) {
    if (limits.atATime(provider).isPresent()) {
      redis.sendUnawaited(commands -> commands.zrem(key(provider), bytes(call)));
    }
  }

  private static String key(Provider provider) {
    return "promptlab:calls:" + provider.wireName();
  }

  private static byte[] bytes(Object text) {
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
