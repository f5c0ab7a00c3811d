package dev.promptlab.observability;

/** Counts what happens. Never fails and never waits. Thread-safe. */
public interface Metrics {
  /**
   * Adds to one series of a counter.
   *
   * @param amount in billionths where the counter is kept in these
   * @param labelValues one for each of its labels; from a small, fixed set
   */
  void add(Counter counter, long amount, String... labelValues);

  /** Adds one. */
  default void count(Counter counter, String... labelValues) {
    add(counter, 1, labelValues);
  }
}
