package dev.promptlab.observability;

import java.util.HashMap;
import java.util.Map;

/** Counters without Redis. */
public final class InMemoryFleetMetrics implements FleetMetrics {
  private final PendingCounts pending = new PendingCounts();
  private final Map<String, Long> totals = new HashMap<>();
  private boolean down;

  /** Lets the totals be unreadable from now on. */
  public synchronized void setDown(boolean nowDown) {
    down = nowDown;
  }

  @Override
  public void add(Counter counter, long amount, String... labelValues) {
    pending.add(counter, amount, labelValues);
  }

  @Override
  public synchronized void flush() {
    pending.drain().forEach((series, amount) -> totals.merge(series, amount, Long::sum));
  }

  @Override
  public synchronized Map<String, Long> totals() {
    if (down) {
      throw new MetricsUnavailableException(new IllegalStateException("down"));
    }
    return Map.copyOf(totals);
  }
}
