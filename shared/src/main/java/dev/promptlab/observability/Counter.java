package dev.promptlab.observability;

import java.util.List;

/** What is counted, with the names that Prometheus sees. */
public enum Counter {
  CACHE_HITS("cache_hits_total", "Requests answered from the cache.", "tier"),
  CACHE_MISSES("cache_misses_total", "Requests that made a job, looked for in vain.", "tier"),
  CACHE_ERRORS("cache_errors_total", "Cache operations that failed, and were gone without."),
  CACHE_COALESCED("cache_coalesced_total", "Requests that joined a job in flight.", "tier"),
  CACHE_WARMING(
      "cache_warming_total",
      "Popular inputs that warming considered, by what came of them.",
      "outcome"),
  RATE_LIMIT_ALLOWED("rate_limit_allowed_total", "Requests within their limit.", "tier"),
  RATE_LIMIT_DENIED("rate_limit_denied_total", "Requests over their limit.", "tier"),
  RATE_LIMIT_UNAVAILABLE(
      "rate_limit_unavailable_total",
      "Requests refused as the limiter could not be asked.",
      "tier"),
  REDIS_BREAKER_TRANSITIONS(
      "redis_breaker_transitions_total",
      "Changes of a function's circuit breaker for Redis to a state.",
      "state"),
  JOBS("jobs_total", "Jobs that came to a status.", "status"),
  LLM_CALLS("llm_calls_total", "Calls of a provider.", "provider", "outcome"),
  LLM_TOKENS("llm_tokens_total", "Tokens that providers counted.", "provider", "kind"),
  LLM_COST("llm_cost_usd_total", "US dollars that LLM calls cost."),
  LLM_SAVED("llm_saved_usd_total", "US dollars that requests would have cost without the cache.");

  private final String metricName;
  private final String help;

  @SuppressWarnings("ImmutableEnumChecker") // a List.of
  private final List<String> labels;

  Counter(String metricName, String help, String... labels) {
    this.metricName = metricName;
    this.help = help;
    this.labels = List.of(labels);
  }

  public String metricName() {
    return metricName;
  }

  public String help() {
    return help;
  }

  /** Whether it is kept in billionths of what it shows. */
  public boolean inNanos() {
    return this == LLM_COST || this == LLM_SAVED;
  }

  /** The names of its labels, in the order of their values. */
  public List<String> labels() {
    return labels;
  }

  /**
   * Its name in CloudWatch, where each series has a price: the values of a label are told apart
   * only if it is the counter's only one, and not the tier.
   */
  public String embeddedName(String... values) {
    return labels.size() == 1 && !labels.contains("tier")
        ? metricName + "." + values[0]
        : metricName;
  }

  /** One series of it, as Prometheus writes it: {@code name{label="value"}}. */
  String series(String... values) {
    if (values.length != labels.size()) {
      throw new IllegalArgumentException(metricName + " has the labels " + labels);
    }
    if (values.length == 0) {
      return metricName;
    }
    StringBuilder series = new StringBuilder(metricName).append('{');
    for (int i = 0; i < values.length; i++) {
      series.append(i == 0 ? "" : ",").append(labels.get(i)).append("=\"").append(values[i]);
      series.append('"');
    }
    return series.append('}').toString();
  }
}
