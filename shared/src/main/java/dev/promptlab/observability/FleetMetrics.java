package dev.promptlab.observability;

import java.util.Map;

/**
 * Counts for all instances together. What is counted travels with later commands, so the totals are
 * approximate: some seconds late, and short of what an instance still had when it died.
 * Thread-safe.
 */
public interface FleetMetrics extends Metrics {
  /** Sends what has not travelled yet. If that fails, it travels later. */
  void flush();

  /**
   * Each series with its total.
   *
   * @throws MetricsUnavailableException if the store could not be asked
   */
  Map<String, Long> totals();
}
