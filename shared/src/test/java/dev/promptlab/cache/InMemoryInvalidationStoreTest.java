package dev.promptlab.cache;

import dev.promptlab.jobs.InMemoryJobStore;
import dev.promptlab.jobs.JobRuns;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.testing.SettableClock;
import java.time.Duration;

final class InMemoryInvalidationStoreTest extends InvalidationContract {
  private final SettableClock clock = new SettableClock();
  private final InMemoryInvalidationStore invalidations = new InMemoryInvalidationStore(clock);
  private final InMemoryJobStore store = new InMemoryJobStore(clock, invalidations);

  @Override
  protected InvalidationStore invalidations() {
    return invalidations;
  }

  @Override
  protected JobStore store() {
    return store;
  }

  @Override
  protected JobRuns runs() {
    return store;
  }

  @Override
  protected void pass() {
    clock.advance(Duration.ofMillis(1));
  }
}
