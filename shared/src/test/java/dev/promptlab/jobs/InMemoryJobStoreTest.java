package dev.promptlab.jobs;

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
  protected void makeDue(UUID jobId) {
    clock.advance(Duration.ofMinutes(1));
  }
}
