package dev.promptlab.observability;

import java.util.HashMap;
import java.util.Map;

/** What one instance has counted and not sent yet, by series. Thread-safe. */
public final class PendingCounts implements Metrics {
  private Map<String, Long> counts = new HashMap<>();

  @Override
  public void add(Counter counter, long amount, String... labelValues) {
    String series = counter.series(labelValues);
    synchronized (this) {
      counts.merge(series, amount, Long::sum);
    }
  }

  /** Takes everything out. */
  public synchronized Map<String, Long> drain() {
    if (counts.isEmpty()) {
      return Map.of();
    }
    Map<String, Long> drained = counts;
    counts = new HashMap<>();
    return drained;
  }

  /** Puts back what was drained and could not be sent. */
  public synchronized void restore(Map<String, Long> drained) {
    drained.forEach((series, amount) -> counts.merge(series, amount, Long::sum));
  }
}
