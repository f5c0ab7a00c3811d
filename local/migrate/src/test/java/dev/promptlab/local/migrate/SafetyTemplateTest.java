package dev.promptlab.local.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What template.yaml must never say, and says only with a reason. */
final class SafetyTemplateTest {
  private static final Pattern WILDCARD =
      Pattern.compile("\\s+(- )?(Action|Resource|NotAction|NotResource|Principal):.*[*].*");
  private static final Pattern LISTED_WILDCARD = Pattern.compile("\\s+- ['\"]?[a-z0-9-]*:?[*].*");

  private final SamTemplate template;

  SafetyTemplateTest() throws IOException {
    template = SamTemplate.read();
  }

  @Test
  void explainsEachWildcardInTheLineBefore() {
    List<String> lines = template.text().lines().toList();
    int found = 0;
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i);
      if (WILDCARD.matcher(line).matches() || LISTED_WILDCARD.matcher(line).matches()) {
        found++;
        assertThat(lines.get(i - 1).strip()).as("before line %d: %s", i + 1, line).startsWith("#");
      }
    }
    assertThat(found).isPositive();
  }

  @Test
  void givesNoFunctionARightToAllOfAService() {
    for (JsonNode role :
        List.of(
            template.resource("GenerateRole"),
            template.resource("WorkerRole"),
            template.resource("JobSweepRole"),
            template.resource("CacheWarmingRole"),
            template.resource("DataAccessPolicy"))) {
      assertThat(role.findParents("Action")).isNotEmpty();
      for (JsonNode statement : role.findParents("Action")) {
        assertThat(statement.path("Action").toString()).doesNotContain("*");
        assertThat(statement.path("Effect").asText()).isEqualTo("Allow");
      }
    }
  }

  @Test
  void putsNoSecretIntoAVariable() {
    ResolvedTemplate made =
        template.with(
            Map.of("ProviderKeysSecretArn", "arn:aws:secretsmanager:eu-west-1:1:secret:x"));
    for (String function : made.resources("AWS::Serverless::Function").keySet()) {
      made.variables(function)
          .forEach(
              (name, value) -> {
                if (name.matches("(?!AWS_ENDPOINT).*(KEY|SECRET|PASSWORD|TOKEN).*")) {
                  assertThat(value)
                      .as(name)
                      .matches("|arn:aws:secretsmanager:.*|att:Database[.].*SecretArn");
                }
                assertThat(value).as(name).doesNotContain("resolve:", "@");
              });
    }
  }

  @Test
  void hidesTheParametersThatMayHoldASecret_andGivesThemNoDefault() {
    for (Map.Entry<String, JsonNode> parameter : template.root().path("Parameters").properties()) {
      String name = parameter.getKey();
      boolean mayHoldASecret =
          name.matches(".*(Password|Token|ApiKey|RedisUrl|RedisUrls|RedisCacheUrl)");
      assertThat(parameter.getValue().path("NoEcho").asBoolean())
          .as(name)
          .isEqualTo(mayHoldASecret);
      if (mayHoldASecret) {
        assertThat(parameter.getValue().path("Default").asText()).as(name).isEmpty();
      }
    }
    assertThat(template.text()).doesNotContainPattern("(sk-|AKIA|pl_)[A-Za-z0-9]{8}");
  }
}
