package dev.promptlab.epoch;

import java.time.Clock;

/** An epoch without a store. */
public final class InMemoryEpoch implements Epoch {
  private final Clock clock;
  private int number;
  private boolean down;

  public InMemoryEpoch(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized void advance() {
    if (down) {
      throw new EpochUnavailableException(new IllegalStateException("down"));
    }
    number++;
  }

  @Override
  public EpochReading read() {
    return new EpochReading(token(), clock.instant());
  }

  public synchronized String token() {
    return "epoch " + number;
  }

  /** Lets it not be set from now on; it can still be read. */
  public synchronized void setDown(boolean nowDown) {
    down = nowDown;
  }
}
