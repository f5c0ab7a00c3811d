package dev.promptlab.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ends of jobs, and waits for them, without Redis. */
public final class InMemoryJobWaits implements JobEnds, JobWaits {
  private static final int SEATS_OF_AN_ACCOUNT = 2;

  private final List<Waiting> waiting = new ArrayList<>();
  private final int seats;

  public InMemoryJobWaits(int seats) {
    this.seats = seats;
  }

  private final class Waiting implements Wait {
    final UUID jobId;
    final String account;
    final CountDownLatch ended = new CountDownLatch(1);

    Waiting(UUID jobId, String account) {
      this.jobId = jobId;
      this.account = account;
    }

    @Override
    public void await(Duration atMost) {
      try {
        var _ = ended.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      leave(this);
    }
  }

  /** How many wait now. */
  public synchronized int waiting() {
    return waiting.size();
  }

  private synchronized void leave(Waiting one) {
    waiting.remove(one);
  }

  @Override
  public synchronized void announce(UUID jobId) {
    waiting.stream().filter(one -> one.jobId.equals(jobId)).forEach(one -> one.ended.countDown());
  }

  @Override
  public synchronized Optional<Wait> begin(
      UUID jobId, String account, String requestId, Duration longest) {
    long own = waiting.stream().filter(one -> one.account.equals(account)).count();
    if (waiting.size() >= seats || own >= SEATS_OF_AN_ACCOUNT) {
      return Optional.empty();
    }
    Waiting one = new Waiting(jobId, account);
    waiting.add(one);
    return Optional.of(one);
  }
}
