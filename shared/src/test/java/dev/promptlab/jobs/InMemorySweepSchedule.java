package dev.promptlab.jobs;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A schedule without Redis. */
public final class InMemorySweepSchedule implements SweepSchedule {
  private final Clock clock;
  private Instant at = Instant.MIN;
  private int version;
  private boolean down;

  public InMemorySweepSchedule(Clock clock) {
    this.clock = clock;
  }

  /** Lets it neither be read nor be written from now on. */
  public synchronized void setDown(boolean nowDown) {
    down = nowDown;
  }

  @Override
  public synchronized boolean expect() {
    if (down) {
      return false;
    }
    Instant soon = clock.instant().plus(SOON);
    at = at.equals(Instant.MIN) || at.isAfter(soon) ? soon : at;
    version++;
    return true;
  }

  @Override
  public synchronized Optional<Reading> read() {
    return down
        ? Optional.empty()
        : Optional.of(new Reading(!at.isAfter(clock.instant()), Integer.toString(version)));
  }

  @Override
  public synchronized void settle(Reading reading, Duration next) {
    if (!down && reading.version().equals(Integer.toString(version))) {
      at = clock.instant().plus(next);
    }
  }
}
