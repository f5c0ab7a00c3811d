package dev.promptlab.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.KeyPattern;
import dev.promptlab.cache.Popularity;
import dev.promptlab.cache.ResultCacheContract;
import dev.promptlab.cache.redis.RedisPopularity;
import dev.promptlab.cache.redis.RedisResultCache;
import dev.promptlab.config.Environment;
import dev.promptlab.epoch.redis.RedisEpoch;
import dev.promptlab.flight.FlightReply;
import dev.promptlab.flight.redis.RedisFlight;
import dev.promptlab.jobs.JobWaits;
import dev.promptlab.jobs.redis.RedisJobEnds;
import dev.promptlab.jobs.redis.RedisJobWaits;
import dev.promptlab.observability.redis.RedisFleetMetrics;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.testing.LiveRedis;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What the functions build on Redis. */
final class PartsOnRedis implements AutoCloseable {
  static final RateLimit LIMIT = new RateLimit("test", 5, Duration.ofMinutes(10));

  final RedisConnections redis;
  final RedisFleetMetrics metrics;
  final RedisResultCache cache;
  final RedisRateLimiter limiter;
  final RedisEpoch epoch;
  final RedisFlight flight;

  /**
   * Connected.
   *
   * @throws RedisUnavailableException if Redis cannot be asked
   */
  PartsOnRedis(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("REDIS_COMMAND_TIMEOUT_MS", "5000");
    Environment environment = Environment.of(all);
    redis = RedisConnections.of(environment, Clock.systemUTC());
    LiveRedis.awaitAnswer(redis.limits());
    LiveRedis.awaitAnswer(redis.cache());
    metrics = new RedisFleetMetrics(redis.limits());
    cache = new RedisResultCache(redis.cache(), Clock.systemUTC(), new SecureRandom(), metrics);
    limiter = new RedisRateLimiter(redis.limits(), RateLimitStore.of(environment));
    epoch = new RedisEpoch(redis.limits());
    flight =
        new RedisFlight(
            redis.limits(),
            limiter,
            epoch,
            cache,
            metrics,
            new RedisPopularity(redis.limits(), Clock.systemUTC()));
  }

  PartsOnRedis(URI url) {
    this(Map.of("REDIS_URL", url.toString()));
  }

  /** Uses each of them. */
  void assertWork() {
    String identity = "someone:" + UUID.randomUUID();
    CachedResult result =
        ResultCacheContract.result(
            ResultCacheContract.hash(), "an answer", Instant.now(), Duration.ofHours(1));
    assertThat(cache.set(result)).isTrue();
    assertThat(cache.existing(List.of(result.inputHash(), ResultCacheContract.hash())))
        .containsExactly(result.inputHash());
    FlightReply.Arrived first = arrived(identity, result);
    assertThat(first.decision()).isInstanceOf(RateLimitDecision.Admitted.class);
    assertThat(first.result()).contains(result);
    epoch.advance();
    FlightReply.Arrived second = arrived(identity, result);
    assertThat(second.decision().remaining()).isEqualTo(3);
    assertThat(second.epoch().token()).isNotEqualTo(first.epoch().token());
    cache.deleteMatching(KeyPattern.everything(), Duration.ofSeconds(10));
    assertThat(arrived(identity, result).result()).isEmpty();
    redis.limits().check();
    assertWaitsWork();
    assertPopularityTravels();
  }

  /** Together with commands whose keys may be on other nodes. */
  private void assertPopularityTravels() {
    RedisPopularity fresh = new RedisPopularity(redis.limits(), Clock.systemUTC());
    InputHash hash = ResultCacheContract.hash();
    fresh.count(hash);
    RedisPipeline pipeline = new RedisPipeline();
    var _ = epoch.token(pipeline);
    var _ = fresh.rideOn(pipeline);
    redis.limits().send(pipeline);
    assertThat(fresh.top(1_000).inputs()).extracting(Popularity.Input::hash).contains(hash);
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

  FlightReply.Arrived arrived(String identity, CachedResult result) {
    FlightReply reply =
        flight.send(identity, LIMIT, UUID.randomUUID().toString(), Optional.of(result.inputHash()));
    assertThat(reply).isInstanceOf(FlightReply.Arrived.class);
    return (FlightReply.Arrived) reply;
  }

  @Override
  public void close() {
    redis.close();
  }
}
