package dev.promptlab.flight.redis;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.redis.RedisPopularity;
import dev.promptlab.cache.redis.RedisResultCache;
import dev.promptlab.epoch.EpochReading;
import dev.promptlab.epoch.EpochUnavailableException;
import dev.promptlab.epoch.redis.RedisEpoch;
import dev.promptlab.flight.Flight;
import dev.promptlab.flight.FlightReply;
import dev.promptlab.observability.redis.RedisFleetMetrics;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisPipeline;
import dev.promptlab.redis.RedisReply;
import dev.promptlab.redis.RedisUnavailableException;
import java.util.Optional;

/**
 * One pipeline: the limiter's script, the epoch, the result, and counts that ride along. Where the
 * cache has a Redis of its own, the result is asked for there at the same time.
 */
public final class RedisFlight implements Flight {
  private static final RedisReply<Optional<CachedResult>> NOTHING = Optional::empty;

  private final RedisConnection redis;
  private final RedisRateLimiter limiter;
  private final RedisEpoch epoch;
  private final RedisResultCache cache;
  private final RedisFleetMetrics metrics;
  private final RedisPopularity popularity;

  public RedisFlight(
      RedisConnection redis,
      RedisRateLimiter limiter,
      RedisEpoch epoch,
      RedisResultCache cache,
      RedisFleetMetrics metrics,
      RedisPopularity popularity) {
    this.redis = redis;
    this.limiter = limiter;
    this.epoch = epoch;
    this.cache = cache;
    this.metrics = metrics;
    this.popularity = popularity;
  }

  @Override
  public FlightReply send(
      String identity, RateLimit limit, String requestId, Optional<InputHash> result) {
    RedisPipeline pipeline = new RedisPipeline();
    RedisReply<RateLimitDecision.Counted> decision =
        limiter.check(pipeline, identity, limit, requestId);
    RedisReply<Optional<String>> token = epoch.token(pipeline);
    boolean together = cache.isOn(redis);
    RedisReply<Optional<CachedResult>> cached =
        result.filter(_ -> together).map(hash -> cache.get(pipeline, hash)).orElse(NOTHING);
    Runnable restoreCounts = metrics.rideOn(pipeline);
    Runnable restorePopular = popularity.rideOn(pipeline);
    RedisReply<Optional<CachedResult>> elsewhere = NOTHING;
    try {
      RedisConnection.Begun<?> begun = redis.begin(pipeline);
      elsewhere = result.filter(_ -> !together).map(cache::begin).orElse(NOTHING);
      begun.await();
    } catch (RedisUnavailableException e) {
      // What was begun has to come to its end.
      elsewhere.get();
      if (!e.underWay()) {
        restoreCounts.run();
        restorePopular.run();
      }
      return new FlightReply.Lost(limiter.unavailable(e, identity, requestId));
    }
    try {
      RateLimitDecision.Counted counted = decision.get();
      String epochToken = token.get().isPresent() ? token.get().get() : epoch.read().token();
      return new FlightReply.Arrived(
          counted,
          new EpochReading(epochToken, counted.decidedAt()),
          (together ? cached : elsewhere).get());
    } catch (RedisUnavailableException | EpochUnavailableException _) {
      limiter.refund(identity, requestId);
      return new FlightReply.Lost(
          new RateLimitDecision.Unavailable(RedisUnavailableException.RETRY_AFTER));
    }
  }
}
