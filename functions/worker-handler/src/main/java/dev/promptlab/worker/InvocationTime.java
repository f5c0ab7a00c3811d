package dev.promptlab.worker;

import java.time.Duration;

/**
 * The time that an invocation has.
 *
 * @param endNanos by {@link System#nanoTime}
 */
record InvocationTime(long endNanos) {
  static InvocationTime of(Duration left) {
    return new InvocationTime(System.nanoTime() + left.toNanos());
  }

  /** What is left of it; never negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
  }

  boolean allows(Duration duration) {
    return left().compareTo(duration) >= 0;
  }

  /** The same, with a reserve at its end. */
  InvocationTime minus(Duration reserve) {
    return new InvocationTime(endNanos - reserve.toNanos());
  }
}
