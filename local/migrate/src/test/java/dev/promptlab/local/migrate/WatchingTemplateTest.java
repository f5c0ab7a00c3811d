package dev.promptlab.local.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.EmbeddedMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The alarms and the dashboard of template.yaml. */
final class WatchingTemplateTest {
  private static final String ALARM = "AWS::CloudWatch::Alarm";

  private final ResolvedTemplate made = SamTemplate.read().with(Map.of());
  private final JsonNode dashboard;

  WatchingTemplateTest() throws IOException {
    dashboard =
        new ObjectMapper()
            .readTree(made.properties("Dashboard").path("DashboardBody").asText())
            .path("widgets");
  }

  /** Whether the functions write it. */
  private static boolean isOurs(String metric) {
    if (metric.equals(EmbeddedMetrics.HIT_MILLIS)
        || metric.equals(EmbeddedMetrics.INTERNAL_ERRORS)) {
      return true;
    }
    int dot = metric.indexOf('.');
    String value = metric.substring(dot + 1);
    for (Counter counter : Counter.values()) {
      if (counter.embeddedName(value).equals(metric)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void alarmsKnowTheMetricsThatTheFunctionsWrite() {
    Set<String> watched = new HashSet<>();
    for (JsonNode alarm : made.resources(ALARM).values()) {
      JsonNode properties = alarm.path("Properties");
      if (properties.path("Namespace").asText().equals(EmbeddedMetrics.NAMESPACE)) {
        String metric = properties.path("MetricName").asText();
        assertThat(isOurs(metric)).as(metric).isTrue();
        assertThat(properties.path("Dimensions").toString())
            .isEqualTo("[{\"Name\":\"stack\",\"Value\":\"promptlab\"}]");
        watched.add(metric);
      }
    }
    assertThat(watched)
        .containsExactlyInAnyOrder(
            "hit_ms",
            "internal_errors",
            "rate_limit_unavailable_total",
            "redis_breaker_transitions_total.open",
            "cache_errors_total",
            "llm_cost_usd_total");
    for (String function : made.resources("AWS::Serverless::Function").keySet()) {
      assertThat(made.variables(function)).containsEntry("METRICS_STACK", "promptlab");
    }
  }

  @Test
  void eachFunctionHasAnAlarmOfItsFailures() {
    for (String function : made.resources("AWS::Serverless::Function").keySet()) {
      assertThat(made.resources(ALARM).values())
          .anySatisfy(
              alarm -> {
                assertThat(alarm.at("/Properties/MetricName").asText()).isEqualTo("Errors");
                assertThat(alarm.at("/Properties/Dimensions/0/Value").asText())
                    .isEqualTo("ref:" + function);
              });
    }
  }

  @Test
  void eachAlarmIsTold_andExplained() throws IOException {
    String runbook = Files.readString(Path.of("../../docs/deployment.md"));
    assertThat(made.resources(ALARM)).hasSizeGreaterThanOrEqualTo(14);
    made.resources(ALARM)
        .forEach(
            (name, alarm) -> {
              assertThat(alarm.at("/Properties/AlarmActions/0").asText())
                  .as(name)
                  .isEqualTo("ref:AlarmTopic");
              assertThat(alarm.at("/Properties/TreatMissingData").asText())
                  .isEqualTo("notBreaching");
              assertThat(runbook).contains("| `" + name + "` |");
            });
    assertThat(made.properties("AlarmTopic").path("KmsMasterKeyId").asText())
        .isEqualTo("ref:AlarmKey");
  }

  @Test
  void theDashboardAnswersItsFourQuestions() {
    assertThat(dashboard.findValuesAsText("markdown"))
        .containsExactly(
            "## Is it up?", "## How fast?", "## What does it save?", "## What does it cost?");
    Set<String> alarms = new HashSet<>();
    dashboard.findValue("alarms").forEach(it -> alarms.add(it.asText()));
    for (String alarm : made.resources(ALARM).keySet()) {
      // It is not always there, and the dashboard's text has no conditions.
      if (!alarm.equals("EvictionsAlarm")) {
        assertThat(alarms).contains("att:" + alarm + ".Arn");
      }
    }
  }

  @Test
  void theDashboardShowsMetricsThatThereAre() {
    int ours = 0;
    for (JsonNode metrics : dashboard.findValues("metrics")) {
      for (JsonNode metric : metrics) {
        if (metric.path(0).asText().equals(EmbeddedMetrics.NAMESPACE)) {
          ours++;
          assertThat(isOurs(metric.path(1).asText())).as(metric.toString()).isTrue();
          assertThat(metric.path(3).asText()).isEqualTo("promptlab");
        }
      }
    }
    assertThat(ours).isGreaterThan(15);
  }

  @Test
  void theDashboardsWidgetsDoNotOverlap() {
    Set<String> taken = new HashSet<>();
    for (JsonNode widget : dashboard) {
      int right = widget.path("x").asInt() + widget.path("width").asInt();
      assertThat(right).isLessThanOrEqualTo(24);
      for (int x = widget.path("x").asInt(); x < right; x++) {
        for (int y = 0; y < widget.path("height").asInt(); y++) {
          assertThat(taken.add(x + "," + (widget.path("y").asInt() + y)))
              .as(widget.toString())
              .isTrue();
        }
      }
    }
  }
}
