package dev.promptlab.jobs;

import java.time.Duration;
import java.util.Optional;

/**
 * When the sweeper has to ask the database next, so that it does not wake one that is asleep and
 * has nothing to tell. Whoever commits something that may be left half done says so before.
 * Thread-safe.
 */
public interface SweepSchedule {
  /** Longer than a function that has announced something has time to commit it. */
  Duration SOON = Duration.ofMinutes(1);

  /**
   * Lets the sweeper ask in a minute.
   *
   * @return whether it is certain that it does
   */
  boolean expect();

  /** The schedule as it is; empty if it cannot be read: then the database has to be asked. */
  Optional<Reading> read();

  /**
   * A look at the schedule.
   *
   * @param due whether the database has to be asked now; also if nobody knows
   * @param version another one as soon as somebody expects something
   */
  record Reading(boolean due, String version) {}

  /**
   * Lets the sweeper ask again after a while, unless somebody expects something since a reading.
   */
  void settle(Reading reading, Duration next);
}
