package dev.promptlab.jobs;

import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.testing.SettableClock;
import java.time.Duration;
import java.util.UUID;

final class InMemoryJobRunsTest extends JobRunsContract {
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
  protected void makeDue(UUID jobId) {
    clock.advance(Duration.ofMinutes(1));
  }

  @Override
  protected void endedDaysAgo(UUID jobId, int days) {
    store.endedDaysAgo(jobId, days);
  }

  @Override
  protected UsdAmount spentToday(String payer) {
    return store.spent(payer);
  }
}
