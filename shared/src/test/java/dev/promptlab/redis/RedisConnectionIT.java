package dev.promptlab.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.cache.ResultCacheContract;
import dev.promptlab.cache.redis.RedisResultCache;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.observability.PendingCounts;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.testing.SettableClock;
import io.lettuce.core.KillArgs;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RedisConnectionIT {
  private static final RateLimit LIMIT = new RateLimit("test", 1_000_000, Duration.ofSeconds(60));

  private final LocalRedis server = LocalRedis.start(Optional.empty());
  private final SettableClock clock = new SettableClock();
  private final RedisConnection redis =
      new RedisConnection(new RedisSettings(server.url(), Duration.ofMillis(50)), clock);
  private final RedisRateLimiter limiter = new RedisRateLimiter(redis, RateLimitStore.SORTED_SET);

  @AfterEach
  void stop() {
    redis.close();
    server.close();
  }

  private RateLimitDecision check() {
    return limiter.check("someone", LIMIT, UUID.randomUUID().toString());
  }

  private static Duration timed(Runnable call) {
    long start = System.nanoTime();
    call.run();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /**
   * Bounds are generous: they show that nothing waits for a client's usual minute, not how fast it
   * is.
   */
  @Test
  void failsClosedOrOpenWithinItsBudget_whileRedisIsFrozen() {
    check();
    server.suspend();
    for (int i = 0; i < 20; i++) {
      Duration took =
          timed(() -> assertThat(check()).isInstanceOf(RateLimitDecision.Unavailable.class));
      assertThat(took).isLessThan(Duration.ofMillis(500));
    }
    RedisResultCache cache =
        new RedisResultCache(redis, Clock.systemUTC(), new SecureRandom(), new PendingCounts());
    assertThat(timed(() -> assertThat(cache.get(ResultCacheContract.hash())).isEmpty()))
        .isLessThan(Duration.ofMillis(500));
    cache.set(
        ResultCacheContract.result(
            ResultCacheContract.hash(), "x", Instant.now(), Duration.ofHours(1)));
    server.resume();
    assertRecovers();
  }

  @Test
  void refusesThenRecovers_whenRedisIsKilledAndStartedAgain() {
    check();
    server.kill();
    for (int i = 0; i < 10; i++) {
      assertThat(timed(() -> assertThat(check()).isInstanceOf(RateLimitDecision.Unavailable.class)))
          .isLessThan(Duration.ofMillis(1_500));
    }
    server.restart();
    assertRecovers();
  }

  @Test
  void chargesNothingThatItRefused_whileRedisWasFrozen() {
    RateLimit limit = new RateLimit("test", 5, Duration.ofMinutes(10));
    limiter.check("warm", limit, "id");
    server.suspend();
    for (int i = 0; i < 4; i++) {
      assertThat(limiter.check("someone", limit, "refused-" + i))
          .isInstanceOf(RateLimitDecision.Unavailable.class);
    }
    server.resume();
    assertNothingWasCharged(limit);
  }

  /** Redis has forgotten the scripts when it answers: what it is sent in their stead comes late. */
  @Test
  void chargesNothingThatItRefused_whenTheScriptsAreForgottenWhileRedisIsFrozen() {
    RateLimit limit = new RateLimit("test", 5, Duration.ofMinutes(10));
    limiter.check("warm", limit, "id");
    redis.sendUnawaited(commands -> commands.scriptFlush());
    server.suspend();
    for (int i = 0; i < 4; i++) {
      redis.sendUnawaited(commands -> commands.scriptFlush());
      assertThat(limiter.check("someone", limit, "refused-" + i))
          .isInstanceOf(RateLimitDecision.Unavailable.class);
    }
    server.resume();
    assertNothingWasCharged(limit);
  }

  private void assertNothingWasCharged(RateLimit limit) {
    for (int i = 0; i < limit.limit(); i++) {
      assertThat(recovered("someone", limit)).isInstanceOf(RateLimitDecision.Admitted.class);
    }
    assertThat(recovered("someone", limit)).isInstanceOf(RateLimitDecision.Denied.class);
  }

  @Test
  void asksAgainAtOnce_whenItsConnectionWasCut() {
    check();
    for (int i = 0; i < 20; i++) {
      redis.sendUnawaited(
          commands -> commands.clientKill(KillArgs.Builder.typeNormal().skipme(false)));
      assertThat(check()).isInstanceOf(RateLimitDecision.Admitted.class);
    }
  }

  @Test
  void connectsAnew_whenTheConnectionDiedWhileItRested() {
    check();
    server.kill();
    server.restart();
    // More than the 30 s after which a connection is tried before it is trusted.
    clock.advance(Duration.ofSeconds(31));
    assertThat(check()).isInstanceOf(RateLimitDecision.Admitted.class);
  }

  @Test
  void saysSo_whenThereIsNoServer() {
    server.kill();
    assertThatThrownBy(() -> redis.call(commands -> commands.ping()))
        .isInstanceOf(RedisUnavailableException.class);
  }

  private void assertRecovers() {
    assertThat(recovered("someone", LIMIT)).isInstanceOf(RateLimitDecision.Admitted.class);
  }

  /** The first decision that Redis makes again, within 2 s. */
  private RateLimitDecision recovered(String identity, RateLimit limit) {
    Instant until = Instant.now().plusSeconds(2);
    RateLimitDecision decision;
    do {
      decision = limiter.check(identity, limit, UUID.randomUUID().toString());
    } while (decision instanceof RateLimitDecision.Unavailable && Instant.now().isBefore(until));
    return decision;
  }
}
