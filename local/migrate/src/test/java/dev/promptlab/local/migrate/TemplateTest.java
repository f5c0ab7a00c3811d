package dev.promptlab.local.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.generation.Provider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What template.yaml says and the functions' code expects of each other. */
final class TemplateTest {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern SETTING =
      Pattern.compile("\"((?:[A-Z][A-Z0-9]*_)+[A-Z0-9]+|PROVIDERS|INSTANCES|PAGE)\"");

  /** What Lambda sets. */
  private static final Set<String> OF_LAMBDA =
      Set.of(
          "AWS_LAMBDA_INITIALIZATION_TYPE",
          "AWS_REGION",
          "AWS_ACCESS_KEY_ID",
          "AWS_SECRET_ACCESS_KEY",
          "AWS_SESSION_TOKEN");

  private static final String OF_THE_JVM = "JAVA_TOOL_OPTIONS";

  private final JsonNode template;

  TemplateTest() throws IOException {
    template = SamTemplate.read().root();
  }

  private static Set<String> readBy(String module) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        SETTING
            .matcher(Files.readString(file))
            .results()
            .map((MatchResult found) -> found.group(1))
            .forEach(names::add);
      }
    }
    names.removeAll(OF_LAMBDA);
    return names;
  }

  private Set<String> declaredIn(String... functions) {
    Set<String> names = new TreeSet<>(variables(template.at("/Globals/Function")));
    for (String function : functions) {
      names.addAll(variables(template.at("/Resources/" + function + "/Properties")));
    }
    names.remove(OF_THE_JVM);
    return names;
  }

  private static Set<String> variables(JsonNode function) {
    Set<String> names = new TreeSet<>();
    function.at("/Environment/Variables").fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void declaresToEachFunctionWhatItsCodeReads() throws IOException {
    assertThat(declaredIn("GenerateFunction")).containsAll(readBy("functions/generate-handler"));
    assertThat(declaredIn("WorkerFunction", "JobSweepFunction", "CacheWarmingFunction"))
        .containsAll(readBy("functions/worker-handler"));
  }

  @Test
  void declaresNothingElse() throws IOException {
    Set<String> read = new TreeSet<>();
    for (String module :
        List.of("shared", "functions/generate-handler", "functions/worker-handler")) {
      read.addAll(readBy(module));
    }
    assertThat(
            declaredIn(
                "GenerateFunction", "WorkerFunction", "JobSweepFunction", "CacheWarmingFunction"))
        .isEqualTo(read);
  }

  @Test
  void offersEveryProvider() {
    assertThat(
            template.at("/Parameters/Providers/AllowedValues").valueStream().map(JsonNode::asText))
        .containsExactlyElementsOf(Stream.of(Provider.values()).map(Provider::wireName).toList());
  }

  @Test
  void letsNoFunctionReadTheAdminKey() {
    for (Map.Entry<String, JsonNode> resource : template.path("Resources").properties()) {
      if (!resource.getKey().equals("AdminKeySecret")) {
        assertThat(resource.getValue().toString()).doesNotContain("AdminKeySecret");
      }
    }
    assertThat(template.at("/Globals").toString()).doesNotContain("AdminKeySecret");
    assertThat(resourcesWithRightsToSecrets())
        .containsExactlyInAnyOrder(
            "att:Database.MasterUserSecret.SecretArn", "a-secret-of-provider-keys");
  }

  private List<String> resourcesWithRightsToSecrets() {
    ResolvedTemplate made =
        new ResolvedTemplate(
            template, Map.of("ProviderKeysSecretArn", "a-secret-of-provider-keys"));
    return made.resources().values().stream()
        .flatMap(resource -> resource.findParents("Action").stream())
        .filter(statement -> statement.path("Action").toString().contains("secretsmanager"))
        .map(statement -> statement.path("Resource").asText())
        .toList();
  }

  @Test
  void givesTheAdminKeyNoTextOfItsOwn_andKeepsIt() {
    JsonNode secret = template.at("/Resources/AdminKeySecret");
    assertThat(secret.path("Properties").has("SecretString")).isFalse();
    assertThat(secret.path("Properties").has("GenerateSecretString")).isFalse();
    assertThat(secret.path("DeletionPolicy").asText()).startsWith("Retain");
    assertThat(secret.path("UpdateReplacePolicy").asText()).isEqualTo("Retain");
  }

  @Test
  void tellsTheMigrationWhereTheDatabaseAndTheKeyAre() {
    Set<String> outputs = new TreeSet<>();
    template.path("Outputs").fieldNames().forEachRemaining(outputs::add);
    assertThat(outputs).containsAll(Settings.OUTPUTS.keySet());
  }
}
