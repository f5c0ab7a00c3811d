package dev.promptlab.ratelimit;

import dev.promptlab.testing.SettableClock;
import java.time.Duration;

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
}
