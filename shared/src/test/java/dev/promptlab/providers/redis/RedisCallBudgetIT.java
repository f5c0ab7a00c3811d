package dev.promptlab.providers.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.config.RedisSettings;
import dev.promptlab.generation.Provider;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.providers.CallBudget;
import dev.promptlab.providers.CallBudgetContract;
import dev.promptlab.providers.CallLimits;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.testing.LiveRedis;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class RedisCallBudgetIT extends CallBudgetContract {
  private static LocalRedis server;
  private static RedisConnection redis;

  @BeforeAll
  static void start() {
    server = LocalRedis.start(Optional.empty());
    redis =
        new RedisConnection(
            new RedisSettings(server.url(), Duration.ofSeconds(2)), Clock.systemUTC());
    LiveRedis.awaitAnswer(redis);
  }

  @AfterAll
  static void stop() {
    redis.close();
    server.close();
  }

  @Override
  protected CallBudget budget(CallLimits limits) {
    redis.<String>call(commands -> commands.flushall());
    return new RedisCallBudget(
        redis, new RedisRateLimiter(redis, RateLimitStore.SORTED_SET), limits);
  }

  @Test
  void leavesNoKeyForever() {
    budget(new CallLimits(Map.of(), Map.of(Provider.OPENAI, 5)))
        .take(Provider.OPENAI, UUID.randomUUID(), Duration.ofMinutes(2));
    assertThat(redis.<Long>call(commands -> commands.pttl("promptlab:calls:openai")))
        .isBetween(60_000L, 120_000L);
  }

  @Test
  void grants_whileRedisIsGone() {
    CallBudget budget =
        budget(new CallLimits(Map.of(Provider.OPENAI, 1), Map.of(Provider.OPENAI, 1)));
    server.kill();
    try {
      for (int i = 0; i < 3; i++) {
        assertThat(budget.take(Provider.OPENAI, UUID.randomUUID(), Duration.ofMinutes(2)))
            .isInstanceOf(CallBudget.Turn.Granted.class);
      }
    } finally {
      server.restart();
      LiveRedis.awaitAnswer(redis);
    }
  }
}
