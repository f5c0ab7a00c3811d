package dev.promptlab.worker;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Exponential back-off with full jitter. Thread-safe if the random generator is. */
final class Backoff {
  private static final Duration BASE = Duration.ofSeconds(2);
  private static final long LONGEST_SPREAD = 30;
  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** SQS hides a message for 12 hours from its receipt at most. */
  private static final Duration LONGEST_ASKED = Duration.ofHours(11);

  private final RandomGenerator random;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** For those who wait for the same: as long as that, or up to twice as long, in whole seconds. */
  Duration spread(Duration delay) {
    long seconds = delay.toSeconds() + 1;
    return Duration.ofSeconds(seconds + random.nextLong(Math.min(seconds, LONGEST_SPREAD) + 1));
  }

  /** A delay of whole seconds, at least one, before attempt {@code failures + 1}. */
  Duration after(int failures) {
    long ceiling =
        Math.min(LONGEST.toSeconds(), BASE.toSeconds() << Math.clamp(failures - 1, 0, 20));
    return Duration.ofSeconds(1 + random.nextLong(ceiling));
  }

  /**
   * A delay of whole seconds where the provider asked for one: never shorter, and longer by as much
   * as it would be without, lest all who were refused at the same time come back at the same time.
   *
   * @param asked bounded by 11 hours
   */
  Duration after(int failures, Duration asked) {
    Duration least = asked.compareTo(LONGEST_ASKED) < 0 ? asked : LONGEST_ASKED;
    return Duration.ofSeconds(least.plusNanos(999_999_999).toSeconds()).plus(after(failures));
  }
}
