package dev.promptlab.observability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.config.Environment;
import dev.promptlab.json.StrictJson;
import dev.promptlab.testing.SettableClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EmbeddedMetricsTest {
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  private EmbeddedMetrics metrics(Map<String, String> settings) {
    return new EmbeddedMetrics(
        Environment.of(settings),
        new SettableClock(),
        new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  private String written() {
    return log.toString(StandardCharsets.UTF_8);
  }

  @Test
  void writesALineThatCloudWatchUnderstands() throws IOException {
    EmbeddedMetrics metrics = metrics(Map.of("METRICS_STACK", "promptlab"));
    metrics.count(Counter.CACHE_HITS, "pro");
    metrics.count(Counter.CACHE_HITS, "free");
    metrics.add(Counter.LLM_SAVED, 1_250_000);
    metrics.count(Counter.REDIS_BREAKER_TRANSITIONS, "open");
    metrics.count(Counter.LLM_CALLS, "openai", "ok");
    metrics.addHit(Duration.ofNanos(1_234_567));

    metrics.write();

    assertThat(written()).endsWith(System.lineSeparator()).hasLineCount(1);
    assertThat(StrictJson.mapper().readTree(written()))
        .isEqualTo(
            StrictJson.mapper()
                .readTree(
                    """
                    {"_aws": {"Timestamp": 1767225600000, "CloudWatchMetrics": [{
                       "Namespace": "PromptLab", "Dimensions": [["stack"]], "Metrics": [
                         {"Name": "cache_hits_total"},
                         {"Name": "llm_calls_total"},
                         {"Name": "llm_saved_usd_total"},
                         {"Name": "redis_breaker_transitions_total.open"},
                         {"Name": "hit_ms", "Unit": "Milliseconds"}]}]},
                     "stack": "promptlab",
                     "cache_hits_total": 2,
                     "llm_calls_total": 1,
                     "llm_saved_usd_total": 0.001250000,
                     "redis_breaker_transitions_total.open": 1,
                     "hit_ms": [1.234]}
                    """));
  }

  @Test
  void writesEachCountOnce_andNothingIfThereIsNone() {
    EmbeddedMetrics metrics = metrics(Map.of("METRICS_STACK", "promptlab"));
    metrics.write();
    assertThat(written()).isEmpty();

    metrics.count(Counter.CACHE_ERRORS);
    metrics.write();
    metrics.write();

    assertThat(written()).hasLineCount(1);
  }

  @Test
  void keepsNoMoreTimesThanOneLineMayHave() throws IOException {
    EmbeddedMetrics metrics = metrics(Map.of("METRICS_STACK", "promptlab"));
    for (int i = 0; i < 150; i++) {
      metrics.addHit(Duration.ofMillis(i));
    }

    metrics.write();

    assertThat(StrictJson.mapper().readTree(written()).path("hit_ms")).hasSize(100);
  }

  @Test
  void writesNothing_withoutAStack() {
    EmbeddedMetrics metrics = metrics(Map.of());
    metrics.count(Counter.CACHE_ERRORS);
    metrics.addHit(Duration.ofMillis(1));

    metrics.write();

    assertThat(written()).isEmpty();
  }
}
