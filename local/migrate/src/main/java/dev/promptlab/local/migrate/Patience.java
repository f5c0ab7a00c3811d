package dev.promptlab.local.migrate;

import java.time.Duration;

/**
 * How long is waited for others.
 *
 * @param pause between two looks
 * @param waking for a database that is asleep
 * @param otherRun for another run that migrates the same database
 * @param statement for the end of a statement that takes longer than a call may
 */
record Patience(Duration pause, Duration waking, Duration otherRun, Duration statement) {
  static final Patience USUAL =
      new Patience(
          Duration.ofSeconds(2),
          Duration.ofMinutes(3),
          Duration.ofMinutes(15),
          Duration.ofHours(1));

  /** A wait that has begun now. */
  Wait atMost(Duration limit) {
    return new Wait(pause, System.nanoTime() + limit.toNanos());
  }

  record Wait(Duration pause, long end) {
    /** Waits for one pause; false at once if the time is over. */
    boolean goesOn() {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      try {
        Thread.sleep(pause);
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MigrationException("interrupted", e);
      }
    }
  }
}
