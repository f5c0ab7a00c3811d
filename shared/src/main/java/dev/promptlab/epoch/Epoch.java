package dev.promptlab.epoch;

/** The epoch's other end: where changes are told. Thread-safe. */
public interface Epoch {
  /**
   * Sets a fresh token: whatever was copied before is read anew from then on, by every instance.
   *
   * @throws EpochUnavailableException if it is not known to be set
   */
  void advance();
}
