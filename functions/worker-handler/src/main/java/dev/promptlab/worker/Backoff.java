package dev.promptlab.worker;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Exponential back-off with full jitter. Thread-safe if the random generator is. */
final class Backoff {
  private static final Duration BASE = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final RandomGenerator random;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** A delay of whole seconds, at least one, before attempt {@code failures + 1}. */
  Duration after(int failures) {
    long ceiling =
        Math.min(LONGEST.toSeconds(), BASE.toSeconds() << Math.clamp(failures - 1, 0, 20));
    return Duration.ofSeconds(1 + random.nextLong(ceiling));
  }
}
