package dev.promptlab.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A queue without a server; a message that was delivered stays hidden until its delay is set to
 * zero.
 */
public final class InMemoryJobQueue implements JobQueue {
  private final List<JobQueueContract.Received> waiting = new ArrayList<>();
  private final List<JobQueueContract.Received> hidden = new ArrayList<>();
  private final List<JobQueueContract.Received> dead = new ArrayList<>();
  private final Map<String, Duration> delays = new HashMap<>();
  private boolean down;

  /** Lets every call fail, as while the queue cannot be reached. */
  public synchronized void setDown(boolean down) {
    this.down = down;
  }

  @Override
  public synchronized void send(JobMessage message) {
    requireUp();
    waiting.add(
        new JobQueueContract.Received(
            message.toBody(), UUID.randomUUID().toString(), Optional.empty()));
  }

  @Override
  public synchronized void retryAfter(String receiptHandle, Duration delay) {
    requireUp();
    delays.put(receiptHandle, delay);
    if (delay.isZero()) {
      hidden.stream()
          .filter(it -> it.receiptHandle().equals(receiptHandle))
          .findFirst()
          .ifPresent(waiting::add);
      hidden.removeIf(it -> it.receiptHandle().equals(receiptHandle));
    }
  }

  @Override
  public synchronized void deadLetter(String body, String reason) {
    requireUp();
    dead.add(
        new JobQueueContract.Received(body, UUID.randomUUID().toString(), Optional.of(reason)));
  }

  /** The last delay of each receipt that was given one. */
  public synchronized Map<String, Duration> delays() {
    return Map.copyOf(delays);
  }

  public synchronized List<JobQueueContract.Received> receive() {
    List<JobQueueContract.Received> delivered = List.copyOf(waiting);
    hidden.addAll(delivered);
    waiting.clear();
    return delivered;
  }

  public synchronized List<JobQueueContract.Received> deadLetters() {
    return List.copyOf(dead);
  }

  private void requireUp() {
    if (down) {
      throw new JobQueueUnavailableException(new IllegalStateException("down"));
    }
  }
}
