package dev.promptlab.jobs;

final class InMemoryJobWaitsTest extends JobWaitsContract {
  private final InMemoryJobWaits waits = new InMemoryJobWaits(SEATS);

  @Override
  protected JobEnds ends() {
    return waits;
  }

  @Override
  protected JobWaits waits() {
    return waits;
  }
}
