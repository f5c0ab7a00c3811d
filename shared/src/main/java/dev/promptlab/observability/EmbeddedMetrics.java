package dev.promptlab.observability;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.promptlab.config.Environment;
import dev.promptlab.json.StrictJson;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one instance has counted since it last {@link #write wrote}, as CloudWatch takes it from its
 * log. Unlike the {@link FleetMetrics} it needs no Redis, so it tells of an outage while that
 * lasts. Off without the setting {@code METRICS_STACK}, the dimension of all that it writes.
 * Thread-safe.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">Embedded
 *     metric format</a>
 */
public final class EmbeddedMetrics implements Metrics {
  public static final String NAMESPACE = "PromptLab";

  /** How long the function took to answer from the cache. */
  public static final String HIT_MILLIS = "hit_ms";

  /** Requests that were answered with 500: faults of the program. */
  public static final String INTERNAL_ERRORS = "internal_errors";

  /** As many values as one line may have of a metric. */
  private static final int MOST_VALUES = 100;

  private static final String DIMENSION = "stack";
  private static final int NANO_SCALE = 9;

  private final String stack;
  private final Clock clock;
  private final PrintStream log;
  private final Map<String, BigDecimal> counts = new TreeMap<>();
  private final List<BigDecimal> hitMillis = new ArrayList<>();

  /**
   * Writes nothing yet.
   *
   * @param log what CloudWatch reads, line by line
   */
  public EmbeddedMetrics(Environment environment, Clock clock, PrintStream log) {
    this.stack = environment.text("METRICS_STACK").orElse("");
    this.clock = clock;
    this.log = log;
  }

  /** That are never written. */
  public static EmbeddedMetrics none() {
    return new EmbeddedMetrics(Environment.of(Map.of()), Clock.systemUTC(), System.out);
  }

  @Override
  public synchronized void add(Counter counter, long amount, String... labelValues) {
    if (!stack.isEmpty()) {
      BigDecimal value = BigDecimal.valueOf(amount, counter.inNanos() ? NANO_SCALE : 0);
      counts.merge(counter.embeddedName(labelValues), value, BigDecimal::add);
    }
  }

  /** Adds a time to {@link #HIT_MILLIS}. */
  public synchronized void addHit(Duration took) {
    if (!stack.isEmpty() && hitMillis.size() < MOST_VALUES) {
      hitMillis.add(BigDecimal.valueOf(took.toNanos() / 1_000, 3));
    }
  }

  /** Adds one to {@link #INTERNAL_ERRORS}. */
  public synchronized void countInternalError() {
    if (!stack.isEmpty()) {
      counts.merge(INTERNAL_ERRORS, BigDecimal.ONE, BigDecimal::add);
    }
  }

  /** Writes a line, if there is something to tell; to be called at the end of each invocation. */
  public void write() {
    Map<String, Object> line = drain();
    if (line.isEmpty()) {
      return;
    }
    try {
      log.println(StrictJson.mapper().writeValueAsString(line));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized Map<String, Object> drain() {
    if (counts.isEmpty() && hitMillis.isEmpty()) {
      return Map.of();
    }
    List<Map<String, String>> metrics = new ArrayList<>();
    Map<String, Object> values = new LinkedHashMap<>();
    counts.forEach(
        (name, value) -> {
          metrics.add(Map.of("Name", name));
          values.put(name, value);
        });
    if (!hitMillis.isEmpty()) {
      metrics.add(Map.of("Name", HIT_MILLIS, "Unit", "Milliseconds"));
      values.put(HIT_MILLIS, List.copyOf(hitMillis));
    }
    counts.clear();
    hitMillis.clear();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put(
        "_aws",
        Map.of(
            "Timestamp",
            clock.millis(),
            "CloudWatchMetrics",
            List.of(
                Map.of(
                    "Namespace",
                    NAMESPACE,
                    "Dimensions",
                    List.of(List.of(DIMENSION)),
                    "Metrics",
                    metrics))));
    line.put(DIMENSION, stack);
    line.putAll(values);
    return line;
  }
}
