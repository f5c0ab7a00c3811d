package dev.promptlab.providers;

import dev.promptlab.testing.SettableClock;
import java.time.Duration;

final class InMemoryCallBudgetTest extends CallBudgetContract {
  private final SettableClock clock = new SettableClock();

  @Override
  protected CallBudget budget(CallLimits limits) {
    return new InMemoryCallBudget(limits, clock);
  }

  @Override
  protected void pass(Duration time) {
    clock.advance(time);
  }
}
