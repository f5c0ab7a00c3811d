package dev.promptlab.generate;

import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.Problem;
import dev.promptlab.generate.http.RefusedException;
import dev.promptlab.observability.FleetMetrics;
import dev.promptlab.observability.MetricsUnavailableException;
import dev.promptlab.observability.PrometheusText;

/** {@code GET /metrics}, for all instances together. For admins. Thread-safe. */
final class MetricsResource {
  private final Gate gate;
  private final FleetMetrics metrics;

  MetricsResource(Gate gate, FleetMetrics metrics) {
    this.gate = gate;
    this.metrics = metrics;
  }

  ApiReply get(ApiRequest request) {
    return gate.read(
        request,
        Gate.Access.ADMIN,
        _ -> {
          // What this instance has counted is in its own answer.
          metrics.flush();
          try {
            return ApiReply.text(
                200, PrometheusText.CONTENT_TYPE, PrometheusText.of(metrics.totals()));
          } catch (MetricsUnavailableException e) {
            throw new RefusedException(
                Problem.of(
                        503,
                        "metrics-unavailable",
                        "The metrics are not available",
                        "Redis does not answer.")
                    .withHeader("Retry-After", "5"));
          }
        });
  }
}
