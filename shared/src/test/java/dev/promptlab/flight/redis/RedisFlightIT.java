package dev.promptlab.flight.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.ResultCacheContract;
import dev.promptlab.cache.redis.RedisPopularity;
import dev.promptlab.cache.redis.RedisResultCache;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.epoch.EpochUnavailableException;
import dev.promptlab.epoch.redis.RedisEpoch;
import dev.promptlab.flight.FlightReply;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.observability.redis.RedisFleetMetrics;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.redis.RedisConnection;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(RateLimitStore.class)
final class RedisFlightIT {
  private static final RateLimit LIMIT = new RateLimit("test", 3, Duration.ofMinutes(10));

  private final LocalRedis server = LocalRedis.start(Optional.empty());
  private final RedisConnection redis =
      new RedisConnection(
          new RedisSettings(server.url(), Duration.ofSeconds(2)), Clock.systemUTC());
  private final RedisEpoch epoch = new RedisEpoch(redis);
  private final RedisFleetMetrics metrics = new RedisFleetMetrics(redis);
  private final RedisResultCache cache =
      new RedisResultCache(redis, Clock.systemUTC(), new SecureRandom(), metrics);
  private final RedisPopularity popularity = new RedisPopularity(redis, Clock.systemUTC());
  private final RedisFlight flight;

  RedisFlightIT(RateLimitStore store) {
    RedisRateLimiter limiter = new RedisRateLimiter(redis, store);
    this.flight = new RedisFlight(redis, limiter, epoch, cache, metrics, popularity);
  }

  @AfterEach
  void stop() {
    redis.close();
    server.close();
  }

  private FlightReply.Arrived arrived() {
    return (FlightReply.Arrived)
        flight.send("someone", LIMIT, UUID.randomUUID().toString(), Optional.empty());
  }

  @Test
  void bringsDecisionEpochAndResult() {
    CachedResult result =
        ResultCacheContract.result(
            ResultCacheContract.hash(), "x", Instant.now(), Duration.ofHours(1));
    cache.set(result);
    FlightReply.Arrived reply =
        (FlightReply.Arrived) flight.send("someone", LIMIT, "id", Optional.of(result.inputHash()));
    assertThat(reply.decision()).isInstanceOf(RateLimitDecision.Admitted.class);
    assertThat(reply.result()).contains(result);
    assertThat(Duration.between(reply.epoch().at(), Instant.now()).abs())
        .isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void bringsADenial_andAMiss() {
    for (int i = 0; i < 3; i++) {
      arrived();
    }
    assertThat(arrived().decision()).isInstanceOf(RateLimitDecision.Denied.class);
    assertThat(
            ((FlightReply.Arrived)
                    flight.send("another", LIMIT, "id", Optional.of(ResultCacheContract.hash())))
                .result())
        .isEmpty();
  }

  @Test
  void keepsTheEpoch_untilItIsAdvanced() {
    String first = arrived().epoch().token();
    assertThat(arrived().epoch().token()).isEqualTo(first).hasSize(32);
    epoch.advance();
    assertThat(arrived().epoch().token()).isNotEqualTo(first);
  }

  @Test
  void beginsOneEpoch_howeverManyFindNone() throws Exception {
    List<Callable<String>> flights =
        IntStream.range(0, 20)
            .<Callable<String>>mapToObj(
                i ->
                    () ->
                        ((FlightReply.Arrived)
                                flight.send("caller " + i, LIMIT, "id", Optional.empty()))
                            .epoch()
                            .token())
            .toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      assertThat(threads.invokeAll(flights).stream().map(Future::resultNow).distinct()).hasSize(1);
    }
  }

  @Test
  void beginsAnotherEpoch_whenTheStoreLostIt() {
    String first = arrived().epoch().token();
    redis.call(commands -> commands.flushall());
    assertThat(arrived().epoch().token()).isNotEqualTo(first);
  }

  @Test
  void missesOnly_whenTheResultAloneCannotBeRead() {
    CachedResult result =
        ResultCacheContract.result(
            ResultCacheContract.hash(), "x", Instant.now(), Duration.ofHours(1));
    redis.call(
        commands ->
            commands.lpush(
                "gen:job:hash:" + result.inputHash(), "list".getBytes(StandardCharsets.UTF_8)));
    FlightReply.Arrived reply =
        (FlightReply.Arrived) flight.send("someone", LIMIT, "id", Optional.of(result.inputHash()));
    assertThat(reply.decision()).isInstanceOf(RateLimitDecision.Admitted.class);
    assertThat(reply.result()).isEmpty();
  }

  @Test
  void isLost_andChargesNothing_whenTheEpochCannotBeRead() {
    arrived();
    redis.call(commands -> commands.del("promptlab:epoch"));
    redis.call(
        commands -> commands.lpush("promptlab:epoch", "list".getBytes(StandardCharsets.UTF_8)));
    assertThat(flight.send("someone", LIMIT, "lost", Optional.empty()))
        .isInstanceOf(FlightReply.Lost.class);
    redis.call(commands -> commands.del("promptlab:epoch"));
    assertThat(arrived().decision().remaining()).isEqualTo(1);
  }

  @Test
  void worksOn_whenTheScriptsWereFlushed() {
    arrived();
    redis.call(commands -> commands.scriptFlush());
    assertThat(arrived().decision().remaining()).isEqualTo(1);
  }

  @Test
  void isLost_whenRedisIsGone_andSoIsAChange() {
    arrived();
    server.kill();
    assertThat(flight.send("someone", LIMIT, "id", Optional.empty()))
        .isInstanceOf(FlightReply.Lost.class);
    assertThatThrownBy(epoch::advance).isInstanceOf(EpochUnavailableException.class);
  }
}
