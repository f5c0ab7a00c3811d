package dev.promptlab.epoch;

/** An epoch without a store. */
public final class InMemoryEpoch implements Epoch {
  private int number;
  private boolean down;

  @Override
  public synchronized void advance() {
    if (down) {
      throw new EpochUnavailableException(new IllegalStateException("down"));
    }
    number++;
  }

  public synchronized String token() {
    return "epoch " + number;
  }

  /** Lets it not be set from now on; it can still be read. */
  public synchronized void setDown(boolean nowDown) {
    down = nowDown;
  }
}
