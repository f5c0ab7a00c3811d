package dev.promptlab.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class PrometheusTextTest {
  @Test
  void showsEachSeries_andCountersThatNothingHasCounted() {
    InMemoryFleetMetrics metrics = new InMemoryFleetMetrics();
    metrics.count(Counter.CACHE_HITS, "pro");
    metrics.count(Counter.CACHE_HITS, "free");
    metrics.count(Counter.CACHE_HITS, "pro");
    metrics.add(Counter.LLM_SAVED, 1_250, new String[0]);
    metrics.add(Counter.LLM_TOKENS, 7, "openai", "input");
    metrics.flush();
    String text = PrometheusText.of(metrics.totals());
    assertThat(text)
        .contains(
            "# TYPE cache_hits_total counter\ncache_hits_total{tier=\"free\"} 1\ncache_hits_total{tier=\"pro\"} 2\n")
        .contains("llm_tokens_total{provider=\"openai\",kind=\"input\"} 7\n")
        .contains("llm_saved_usd_total 0.00000125\n")
        .contains("# TYPE cache_errors_total counter\ncache_errors_total 0\n")
        .contains("# TYPE jobs_total counter\n#")
        .endsWith("\n");
  }

  @Test
  void wantsAValueForEachLabel() {
    InMemoryFleetMetrics metrics = new InMemoryFleetMetrics();
    assertThatThrownBy(() -> metrics.count(Counter.CACHE_HITS))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
