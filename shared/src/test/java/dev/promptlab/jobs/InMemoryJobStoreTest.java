package dev.promptlab.jobs;

import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.testing.SettableClock;
import java.time.Duration;
import java.util.UUID;

final class InMemoryJobStoreTest extends JobStoreContract {
  private final SettableClock clock = new SettableClock();
  private final InMemoryJobStore store = new InMemoryJobStore(clock);

  @Override
  protected JobStore store() {
    return store;
  }

  @Override
  protected JobRuns runs() {
    return store;
  }

  @Override
  protected void pass(Duration duration, UUID jobId) {
    clock.advance(duration);
  }

  @Override
  protected void setBudget(String payer, UsdAmount budget) {
    store.setBudget(payer, budget);
  }
}
