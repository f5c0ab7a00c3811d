package dev.promptlab.epoch;

/** The epoch: where changes are told, and seen. Thread-safe. */
public interface Epoch {
  /**
   * Sets a fresh token: whatever was copied before is read anew from then on, by every instance.
   *
   * @throws EpochUnavailableException if it is not known to be set
   */
  void advance();

  /**
   * The token in force and when that was; where there was none, a fresh one is set.
   *
   * @throws EpochUnavailableException if it cannot be read
   */
  EpochReading read();
}
