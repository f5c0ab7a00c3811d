package dev.promptlab.local.server.reference;

import static dev.promptlab.local.server.reference.ReferencePage.assertNames;
import static dev.promptlab.local.server.reference.ReferencePage.assertSays;
import static dev.promptlab.local.server.reference.ReferencePage.found;
import static dev.promptlab.local.server.reference.ReferencePage.rows;
import static dev.promptlab.local.server.reference.ReferencePage.saying;
import static dev.promptlab.local.server.reference.ReferencePage.where;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.accounts.Tier;
import dev.promptlab.config.Environment;
import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.EmbeddedMetrics;
import dev.promptlab.observability.PrometheusText;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page's metrics, against the counters that there are and what is written of them. */
class MetricsTest {
  private static final String PROMETHEUS = "Prometheus";
  private static final String CLOUDWATCH = "CloudWatch";
  private static final String VALUES = PROMETHEUS + "\", \"values of %s";
  private static final String TIME = "Milliseconds";

  private static String types() {
    return PrometheusText.of(Map.of());
  }

  private static String type(Counter counter) {
    Pattern type = Pattern.compile("(?m)^# TYPE " + counter.metricName() + " (\\w+)$");
    return found(type, types()).getFirst();
  }

  @Test
  void listsTheCounters() {
    Map<String, String> expected = new TreeMap<>();
    for (Counter counter : Counter.values()) {
      String[] values = counter.labels().stream().map("<%s>"::formatted).toArray(String[]::new);
      expected.put(
          counter.metricName(),
          "%s | %s | %s"
              .formatted(
                  type(counter),
                  counter.labels().stream().map("`%s`"::formatted).collect(joining(", ")),
                  "`" + counter.embeddedName(values) + "`"));
    }
    assertSays(
        PROMETHEUS,
        expected,
        saying(
            rows(PROMETHEUS, "metric"),
            row ->
                "%s | %s | %s"
                    .formatted(row.text("type"), row.text("labels"), row.text("in CloudWatch"))));
    for (Counter counter : Counter.values()) {
      assertThat(
              rows(PROMETHEUS, "metric").stream()
                  .filter(row -> row.text("unit").equals("US dollars"))
                  .anyMatch(row -> row.name().equals(counter.metricName())))
          .as("%s: whether `%s` is in US dollars", where(PROMETHEUS), counter.metricName())
          .isEqualTo(counter.inNanos());
    }
  }

  @Test
  void listsTheLabelsValuesThatAreKnown() {
    List<String> tiers = new ArrayList<>(List.of("unknown"));
    Arrays.stream(Tier.values()).map(Tier::wireName).forEach(tiers::add);
    assertNames(VALUES.formatted("tier"), tiers, values("tier"));
    assertNames(
        VALUES.formatted("provider"),
        Arrays.stream(Provider.values()).map(Provider::wireName).toList(),
        values("provider"));
    // Nothing counts those that begin.
    assertNames(
        VALUES.formatted("status"),
        Arrays.stream(JobStatus.values())
            .filter(status -> status != JobStatus.PROCESSING)
            .map(JobStatus::wireName)
            .toList(),
        values("status"));
    // The others of the library are set by hand.
    assertNames(
        VALUES.formatted("state"),
        Stream.of(State.CLOSED, State.OPEN, State.HALF_OPEN)
            .map(state -> state.name().toLowerCase(Locale.ROOT))
            .toList(),
        values("state"));
  }

  /** The values of a label. */
  static List<String> values(String label) {
    return rows(PROMETHEUS, "label").stream()
        .filter(row -> row.name().equals(label))
        .flatMap(row -> row.codes("values").stream())
        .toList();
  }

  @Test
  void namesWhatIsWrittenForCloudWatch() throws IOException {
    JsonNode line = aLineWithEverything();
    JsonNode directive = line.at("/_aws/CloudWatchMetrics/0");
    Map<String, String> written = new TreeMap<>();
    directive
        .path("Metrics")
        .forEach(
            metric -> written.put(metric.path("Name").asText(), metric.path("Unit").asText("")));
    Map<String, String> said = new TreeMap<>();
    rows(PROMETHEUS, "metric").forEach(row -> said.put(row.codes("in CloudWatch").getFirst(), ""));
    rows(CLOUDWATCH, "metric")
        .forEach(row -> said.put(row.name(), row.text("unit").equals(TIME) ? TIME : ""));
    assertThat(said)
        .as("%s and \"%s\": names and units", where(PROMETHEUS), CLOUDWATCH)
        .isEqualTo(written);
    assertThat(directive.path("Namespace").asText()).isEqualTo("PromptLab");
    assertThat(directive.path("Dimensions").toString()).isEqualTo("[[\"stack\"]]");
  }

  private static JsonNode aLineWithEverything() throws IOException {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    EmbeddedMetrics metrics =
        new EmbeddedMetrics(
            Environment.of(Map.of("METRICS_STACK", "a-stack")),
            Clock.systemUTC(),
            new PrintStream(log, true, StandardCharsets.UTF_8));
    for (Counter counter : Counter.values()) {
      metrics.add(
          counter, 1, counter.labels().stream().map("<%s>"::formatted).toArray(String[]::new));
    }
    metrics.addHit(Duration.ofMillis(3));
    metrics.countInternalError();
    metrics.write();
    return new ObjectMapper().readTree(log.toByteArray());
  }
}
