package dev.promptlab.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.ratelimit.RandomSchedule.Clock;
import dev.promptlab.ratelimit.RandomSchedule.Step;
import dev.promptlab.ratelimit.ReferenceRateLimiter.Answer;
import dev.promptlab.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class InMemoryRateLimiterTest extends RateLimiterContract {
  private final SettableClock clock = new SettableClock();
  private final InMemoryRateLimiter limiter = new InMemoryRateLimiter(clock);

  @Override
  protected RateLimiter limiter() {
    return limiter;
  }

  @Override
  protected void pass(Duration duration) {
    clock.advance(duration);
  }

  @Test
  void answersAsTheReference_whateverComes() {
    for (int i = 0; i < 1_000; i++) {
      String identity = "schedules.seed=" + (RandomSchedule.SEED + i);
      // Within a millisecond it keeps the order in which requests came.
      for (Step step : RandomSchedule.of(RandomSchedule.SEED + i, 60, Clock.STEADY, _ -> 0)) {
        clock.advance(Duration.between(clock.instant(), Instant.ofEpochMilli(step.now())));
        if (step.isRefund()) {
          limiter.refund(identity, step.requestId());
        } else {
          RateLimit limit = new RateLimit("test", step.limit(), Duration.ofMillis(step.window()));
          RateLimitDecision.Counted decision = limiter.check(identity, limit, step.requestId());
          assertThat(answer(decision))
              .as("%s: %s", identity, step)
              .isEqualTo(step.expected().orElseThrow());
        }
      }
    }
  }

  private static Answer answer(RateLimitDecision.Counted decision) {
    return new Answer(
        decision instanceof RateLimitDecision.Admitted,
        decision.remaining(),
        decision.decidedAt().toEpochMilli(),
        decision.resetAt().toEpochMilli());
  }

  @Test
  void freesItsOwner_whenTheClockSteppedBack() {
    RateLimit limit = new RateLimit("test", 1, Duration.ofSeconds(60));
    limiter.check("stepped", limit, "first");
    clock.advance(Duration.ofHours(-1));
    assertThat(limiter.check("stepped", limit, "second").untilReset())
        .isEqualTo(Duration.ofSeconds(60));
    clock.advance(Duration.ofSeconds(60));
    assertThat(limiter.check("stepped", limit, "third"))
        .isInstanceOf(RateLimitDecision.Admitted.class);
  }
}
