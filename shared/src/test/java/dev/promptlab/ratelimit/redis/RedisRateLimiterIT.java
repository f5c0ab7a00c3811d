package dev.promptlab.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.config.RedisSettings;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.RateLimiter;
import dev.promptlab.ratelimit.RateLimiterContract;
import dev.promptlab.redis.RedisConnection;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class RedisRateLimiterIT extends RateLimiterContract {
  private static LocalRedis server;
  private static RedisConnection redis;

  @BeforeAll
  static void start() {
    server = LocalRedis.start(Optional.empty());
    redis =
        new RedisConnection(
            new RedisSettings(server.url(), Duration.ofSeconds(5)), Clock.systemUTC());
  }

  @AfterAll
  static void stop() {
    redis.close();
    server.close();
  }

  @Override
  protected RateLimiter limiter() {
    return new RedisRateLimiter(redis);
  }

  @Override
  protected void pass(Duration duration) throws InterruptedException {
    Thread.sleep(duration);
  }

  @Test
  void leavesNoKeyWithoutATimeToLive() {
    String identity = "ttl:" + UUID.randomUUID();
    limiter().check(identity, new RateLimit("test", 5, Duration.ofSeconds(60)), "id");
    long ttl = redis.call(commands -> commands.pttl("api-ratelimit:" + identity));
    assertThat(ttl).isBetween(1L, 60_000L);
  }

  @Test
  void worksOn_whenTheScriptsWereFlushed() {
    RateLimit limit = new RateLimit("test", 5, Duration.ofSeconds(60));
    limiter().check("flush", limit, "1");
    redis.call(commands -> commands.scriptFlush());
    assertThat(limiter().check("flush", limit, "2"))
        .isInstanceOfSatisfying(
            RateLimitDecision.Admitted.class, it -> assertThat(it.remaining()).isEqualTo(3));
  }

  @Test
  void freesItsOwner_whenTheClockSteppedBack() {
    String key = "api-ratelimit:stepped";
    long future = System.currentTimeMillis() + Duration.ofHours(1).toMillis();
    redis.call(
        commands ->
            commands.zadd(
                key, (double) future, "from-the-future".getBytes(StandardCharsets.UTF_8)));
    RateLimit limit = new RateLimit("test", 1, Duration.ofSeconds(60));
    assertThat(limiter().check("stepped", limit, "id"))
        .isInstanceOfSatisfying(
            RateLimitDecision.Denied.class,
            it -> assertThat(it.untilReset()).isLessThanOrEqualTo(Duration.ofSeconds(60)));
  }
}
