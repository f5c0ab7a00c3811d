package dev.promptlab.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.RateLimiterContract;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.testing.RunningRedis;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(RateLimitStore.class)
final class RedisRateLimiterIT extends RateLimiterContract {
  @RegisterExtension static final RunningRedis RUNNING = new RunningRedis();
  private static final RedisConnection redis = RUNNING.connection();

  private final RateLimitStore store;

  RedisRateLimiterIT(RateLimitStore store) {
    this.store = store;
  }

  @Override
  protected RedisRateLimiter limiter() {
    return new RedisRateLimiter(redis, store);
  }

  @Override
  protected void pass(Duration duration) throws InterruptedException {
    Thread.sleep(duration);
  }

  @Test
  void leavesNoKeyWithoutATimeToLive() {
    String identity = "ttl:" + UUID.randomUUID();
    limiter().check(identity, new RateLimit("test", 5, Duration.ofSeconds(60)), "id");
    long ttl = redis.call(commands -> commands.pttl(limiter().key(identity)));
    assertThat(ttl).isBetween(1L, 60_000L);
  }

  @Test
  void worksOn_whenTheScriptsWereFlushed() {
    RateLimit limit = new RateLimit("test", 5, Duration.ofSeconds(60));
    String identity = "flush:" + UUID.randomUUID();
    limiter().check(identity, limit, "1");
    redis.call(commands -> commands.scriptFlush());
    assertThat(limiter().check(identity, limit, "2"))
        .isInstanceOfSatisfying(
            RateLimitDecision.Admitted.class, it -> assertThat(it.remaining()).isEqualTo(3));
  }

  @Test
  void givesBack_whenTheScriptsWereFlushed() {
    RateLimit limit = new RateLimit("test", 1, Duration.ofSeconds(60));
    String identity = "refund:" + UUID.randomUUID();
    limiter().check(identity, limit, "1");
    redis.call(commands -> commands.scriptFlush());
    limiter().refund(identity, "1");
    assertThat(limiter().check(identity, limit, "2"))
        .isInstanceOf(RateLimitDecision.Admitted.class);
  }

  @Test
  void namesItsKeyByTheIdentity_unlessThatIsLong() {
    String prefix = store == RateLimitStore.RING ? "api-ratelimit-ring:" : "api-ratelimit:";
    assertThat(limiter().key("account:" + "a".repeat(56)))
        .isEqualTo(prefix + "account:" + "a".repeat(56));
    assertThat(limiter().key("account:" + "a".repeat(57)))
        .matches(prefix + "sha256:[0-9a-f]{64}")
        .isNotEqualTo(limiter().key("account:" + "b".repeat(57)));
    assertThat(limiter().key("account:" + "ü".repeat(29))).matches(prefix + "sha256:[0-9a-f]{64}");
  }

  @Test
  void countsALongIdentityAsAnyOther() {
    RateLimit limit = new RateLimit("test", 1, Duration.ofSeconds(60));
    String identity = "long:" + UUID.randomUUID() + "x".repeat(500);
    limiter().check(identity, limit, "1");
    assertThat(limiter().check(identity, limit, "2")).isInstanceOf(RateLimitDecision.Denied.class);
    assertThat(limiter().check(identity + "y", limit, "2"))
        .isInstanceOf(RateLimitDecision.Admitted.class);
    limiter().refund(identity, "1");
    assertThat(limiter().check(identity, limit, "2"))
        .isInstanceOf(RateLimitDecision.Admitted.class);
  }
}
