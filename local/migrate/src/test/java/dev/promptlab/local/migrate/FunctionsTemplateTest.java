package dev.promptlab.local.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The functions of template.yaml, and what calls them. */
final class FunctionsTemplateTest {
  private static final String FUNCTION = "AWS::Serverless::Function";

  private final SamTemplate template;
  private final ResolvedTemplate made;

  FunctionsTemplateTest() throws IOException {
    template = SamTemplate.read();
    made = template.with(Map.of());
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(it -> texts.add(it.asText()));
    return texts;
  }

  @Test
  void runOnArm_behindAnAlias_fromASnapshotUnlessThatIsUnwanted() {
    assertThat(made.globals().path("Architectures").toString()).isEqualTo("[\"arm64\"]");
    assertThat(made.globals().at("/SnapStart/ApplyOn").asText()).isEqualTo("PublishedVersions");
    assertThat(made.globals().path("AutoPublishAlias").asText()).isEqualTo("live");
    assertThat(
            template
                .with(Map.of("SnapStart", "None", "Architecture", "x86_64"))
                .globals()
                .at("/SnapStart/ApplyOn")
                .asText())
        .isEqualTo("None");
  }

  @Test
  void publishAVersionForEachChange_andTakeItBackOnAnAlarm() {
    assertThat(made.resources(FUNCTION)).hasSize(4);
    for (Map.Entry<String, JsonNode> function : made.resources(FUNCTION).entrySet()) {
      JsonNode properties = function.getValue().path("Properties");
      assertThat(properties.path("AutoPublishAliasAllProperties").asBoolean())
          .as(function.getKey())
          .isTrue();
      assertThat(properties.at("/DeploymentPreference/Type").asText()).startsWith("Canary");
      assertThat(properties.at("/DeploymentPreference/Alarms")).isNotEmpty();
      for (String alarm : texts(properties.at("/DeploymentPreference/Alarms"))) {
        JsonNode watched = made.properties(alarm.replace("ref:", ""));
        assertThat(watched.has("MetricName")).isTrue();
        // The endpoint needs the alias, whose deployment needs the alarm: not every cfn-lint sees
        // that.
        assertThat(watched.toString()).doesNotContain("HttpApi");
      }
    }
  }

  @Test
  void leaveTheWorkerSixTimesItsTime() {
    JsonNode longest = template.root().at("/Parameters/WorkerTimeout/MaxValue");
    assertThat(made.properties("JobsQueue").path("VisibilityTimeout").asInt())
        .isGreaterThanOrEqualTo(6 * longest.asInt());
  }

  @Test
  void keepWhatFailed() {
    for (Map.Entry<String, JsonNode> function : made.resources(FUNCTION).entrySet()) {
      JsonNode properties = function.getValue().path("Properties");
      for (JsonNode event : properties.path("Events")) {
        switch (event.path("Type").asText()) {
          // Its caller gets the failure.
          case "HttpApi" -> assertThat(function.getKey()).isEqualTo("GenerateFunction");
          case "SQS" -> {
            assertThat(texts(event.at("/Properties/FunctionResponseTypes")))
                .containsExactly("ReportBatchItemFailures");
            assertThat(event.at("/Properties/Queue").asText()).isEqualTo("att:JobsQueue.Arn");
            assertThat(
                    made.properties("JobsQueue").at("/RedrivePolicy/deadLetterTargetArn").asText())
                .isEqualTo("att:JobsDeadLetterQueue.Arn");
          }
          case "ScheduleV2" -> {
            String queue = "att:RunsDeadLetterQueue.Arn";
            assertThat(event.at("/Properties/DeadLetterConfig/Arn").asText()).isEqualTo(queue);
            assertThat(event.at("/Properties/RetryPolicy/MaximumRetryAttempts").asInt())
                .isPositive();
            assertThat(
                    properties
                        .at("/EventInvokeConfig/DestinationConfig/OnFailure/Destination")
                        .asText())
                .isEqualTo(queue);
            String role = properties.path("Role").asText().replaceAll("att:|\\.Arn", "");
            assertThat(made.properties(role).toString()).contains(queue);
          }
          default -> throw new AssertionError(event.toString());
        }
      }
    }
  }

  @Test
  void schedulesHaveNamesOfTheirStack() {
    List<String> names =
        made.resources(FUNCTION).values().stream()
            .flatMap(it -> it.at("/Properties/Events").findValuesAsText("Name").stream())
            .toList();
    assertThat(names).containsExactlyInAnyOrder("promptlab-sweep", "promptlab-warming");
  }

  @Test
  void queuesAreEncrypted() {
    assertThat(made.resources("AWS::SQS::Queue")).isNotEmpty();
    for (JsonNode queue : made.resources("AWS::SQS::Queue").values()) {
      assertThat(queue.at("/Properties/SqsManagedSseEnabled").asBoolean()).isTrue();
    }
  }

  @Test
  void writeToALogOfTheirOwn_thatIsNotKeptForever() {
    TreeSet<String> logs = new TreeSet<>();
    for (JsonNode function : made.resources(FUNCTION).values()) {
      logs.add(function.at("/Properties/LoggingConfig/LogGroup").asText().replace("ref:", ""));
    }
    logs.add(
        made.properties("HttpApi")
            .at("/AccessLogSettings/DestinationArn")
            .asText()
            .replaceAll("att:|\\.Arn", ""));
    assertThat(logs).hasSize(5);
    for (String log : logs) {
      assertThat(made.properties(log).path("RetentionInDays").asInt()).isEqualTo(30);
    }
  }

  @Test
  void browsersMaySendAndSeeEveryHeaderOfTheContract() throws IOException {
    JsonNode contract = new YAMLMapper().readTree(Path.of("../../openapi.yaml").toFile());
    JsonNode cors = made.properties("HttpApi").path("CorsConfiguration");
    TreeSet<String> sent = new TreeSet<>(List.of("Authorization", "Content-Type", "X-Api-Key"));
    contract
        .findParents("in")
        .forEach(
            parameter -> {
              if (parameter.path("in").asText().equals("header")) {
                sent.add(parameter.path("name").asText());
              }
            });
    TreeSet<String> seen = new TreeSet<>();
    contract
        .findValues("headers")
        .forEach(headers -> headers.fieldNames().forEachRemaining(seen::add));
    seen.remove("Content-Type");

    assertThat(texts(cors.path("AllowHeaders"))).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(texts(cors.path("ExposeHeaders"))).containsExactlyInAnyOrderElementsOf(seen);
    TreeSet<String> methods = new TreeSet<>();
    for (JsonNode path : contract.path("paths")) {
      Stream.of("get", "put", "post", "delete", "patch")
          .filter(path::has)
          .forEach(it -> methods.add(it.toUpperCase(Locale.ROOT)));
    }
    assertThat(texts(cors.path("AllowMethods"))).containsExactlyInAnyOrderElementsOf(methods);
  }

  @Test
  void browsersOfOnePlaceMayCall_ifItIsNamed() {
    // SAM drops all but the origins if they are a condition as a whole.
    assertThat(
            template.resource("HttpApi").at("/Properties/CorsConfiguration/AllowOrigins").isArray())
        .isTrue();
    assertThat(origins(Map.of())).containsExactly("https://nobody.invalid");
    assertThat(origins(Map.of("CorsOrigin", "https://app.example")))
        .containsExactly("https://app.example");
  }

  private List<String> origins(Map<String, String> parameters) {
    return texts(
        template.with(parameters).properties("HttpApi").at("/CorsConfiguration/AllowOrigins"));
  }

  @Test
  void haveADomain_ifItIsNamed() {
    assertThat(made.resources()).doesNotContainKeys("Domain", "DomainMapping", "DomainRecord");
    Map<String, String> named =
        Map.of("DomainName", "llm.example", "DomainCertificateArn", "arn:aws:acm:x");
    assertThat(template.with(named).resources())
        .containsKeys("Domain", "DomainMapping")
        .doesNotContainKey("DomainRecord");
    assertThat(template.with(Map.of("DomainName", "llm.example")).objections()).hasSize(1);
  }
}
