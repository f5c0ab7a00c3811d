package dev.promptlab.jobs;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Parked answers without Redis, kept for good. */
public final class InMemoryParkedAnswers implements ParkedAnswers {
  private final Map<UUID, PaidAnswer> answers = new ConcurrentHashMap<>();
  private volatile boolean down;

  /** Lets nothing be kept or found, as while Redis cannot be reached. */
  public void setDown(boolean down) {
    this.down = down;
  }

  @Override
  public void park(UUID jobId, PaidAnswer answer) {
    if (!down) {
      answers.put(jobId, answer);
    }
  }

  @Override
  public Optional<PaidAnswer> find(UUID jobId) {
    return down ? Optional.empty() : Optional.ofNullable(answers.get(jobId));
  }

  @Override
  public void delete(UUID jobId) {
    if (!down) {
      answers.remove(jobId);
    }
  }
}
