package dev.promptlab.providers.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.generation.Provider;
import dev.promptlab.providers.CallBudget;
import dev.promptlab.providers.CallBudgetContract;
import dev.promptlab.providers.CallLimits;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.testing.LiveRedis;
import dev.promptlab.testing.RunningRedis;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RedisCallBudgetIT extends CallBudgetContract {
  @RegisterExtension static final RunningRedis RUNNING = new RunningRedis();
  private static final RedisConnection redis = RUNNING.connection();

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
    RUNNING.server().kill();
    try {
      for (int i = 0; i < 3; i++) {
        assertThat(budget.take(Provider.OPENAI, UUID.randomUUID(), Duration.ofMinutes(2)))
            .isInstanceOf(CallBudget.Turn.Granted.class);
      }
    } finally {
      RUNNING.server().restart();
      LiveRedis.awaitAnswer(redis);
    }
  }
}
