package dev.promptlab.observability;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/**
 * Totals as Prometheus reads them.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition
 *     formats</a>
 */
public final class PrometheusText {
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final int NANO_SCALE = 9;

  private PrometheusText() {}

  /** All counters, also those that nothing has counted yet. */
  public static String of(Map<String, Long> totals) {
    Map<String, Long> sorted = new TreeMap<>(totals);
    StringBuilder text = new StringBuilder();
    for (Counter counter : Counter.values()) {
      String name = counter.metricName();
      text.append("# HELP ").append(name).append(' ').append(counter.help()).append('\n');
      text.append("# TYPE ").append(name).append(" counter\n");
      if (counter.labels().isEmpty()) {
        sorted.putIfAbsent(name, 0L);
      }
      sorted.forEach(
          (series, total) -> {
            if (series.equals(name) || series.startsWith(name + "{")) {
              text.append(series).append(' ').append(number(counter, total)).append('\n');
            }
          });
    }
    return text.toString();
  }

  private static String number(Counter counter, long total) {
    return counter.inNanos()
        ? BigDecimal.valueOf(total, NANO_SCALE).stripTrailingZeros().toPlainString()
        : Long.toString(total);
  }
}
