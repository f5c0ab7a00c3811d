package dev.promptlab.local.server.reference;

import static dev.promptlab.local.server.reference.ReferencePage.assertNames;
import static dev.promptlab.local.server.reference.ReferencePage.assertSays;
import static dev.promptlab.local.server.reference.ReferencePage.found;
import static dev.promptlab.local.server.reference.ReferencePage.rows;
import static dev.promptlab.local.server.reference.ReferencePage.saying;
import static dev.promptlab.local.server.reference.ReferencePage.where;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import dev.promptlab.local.server.Parts;
import dev.promptlab.local.server.reference.ReferencePage.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page's variables of the functions, against what the functions read when they start. */
class ConfigurationTest {
  private static final String VARIABLES = "Variables of the functions";
  private static final String READERS = "Who reads and who sets them";
  private static final String LAMBDA = "Set by Lambda, or for the JVM";
  private static final String NEEDED = "needed";
  private static final Pattern NAME = Pattern.compile("\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\"");
  private static final Pattern LOG_SETTING = Pattern.compile("\\$\\{env:([A-Z_]+)");

  private static final Map<String, Set<DeployedFunction>> readers = new TreeMap<>();
  private static final Map<String, String> defaults = new TreeMap<>();
  private static final Map<String, String> values = new TreeMap<>();

  /** Closed at the end: one that is closed while it begins to connect complains. */
  private static final Parts functions = new Parts();

  @AfterAll
  static void close() {
    functions.close();
  }

  @BeforeAll
  static void construct() {
    for (DeployedFunction function : DeployedFunction.values()) {
      SettingsRecorder recorder = new SettingsRecorder(DeployedFunction.ENVIRONMENT);
      construct(function, recorder);
      note(function, recorder);
    }
    // The secret is asked for where it is named; without this the test would call AWS.
    Map<String, String> withSecret = new TreeMap<>(DeployedFunction.ENVIRONMENT);
    withSecret.put("PROVIDER_KEYS_SECRET_ARN", "arn:aws:none");
    withSecret.put("AWS_ENDPOINT_URL_SECRETS_MANAGER", "no address");
    SettingsRecorder recorder = new SettingsRecorder(withSecret);
    assertThatThrownBy(() -> construct(DeployedFunction.WORKER, recorder))
        .hasMessageStartingWith("AWS_ENDPOINT_URL_SECRETS_MANAGER");
    note(DeployedFunction.WORKER, recorder);
  }

  private static void construct(DeployedFunction function, Environment environment) {
    functions.add(function.construct(environment));
  }

  private static void note(DeployedFunction function, SettingsRecorder recorder) {
    for (String name : recorder.names()) {
      readers.computeIfAbsent(name, _ -> EnumSet.noneOf(DeployedFunction.class)).add(function);
    }
    defaults.putAll(recorder.defaults());
    values.putAll(recorder.values());
  }

  private static List<DeployedFunction> readers(String name) {
    return List.copyOf(readers.getOrDefault(name, Set.of()));
  }

  private static Set<String> names(String heading) {
    return rows(heading, "variable").stream().map(Row::name).collect(toSet());
  }

  @Test
  void namesAllVariablesThatAreRead_andNoOthers() throws IOException {
    Set<String> documented = new TreeSet<>(names(VARIABLES));
    documented.addAll(names(LAMBDA));
    Set<String> known = new TreeSet<>(readers.keySet());
    known.addAll(inTheSources());
    known.addAll(
        found(LOG_SETTING, Files.readString(Path.of("../../functions/lambda/log4j2.xml"))));
    // The JVM's own.
    known.add("JAVA_TOOL_OPTIONS");
    assertNames(VARIABLES + "\" or \"" + LAMBDA, known, documented);
    assertNames(READERS, names(VARIABLES), names(READERS));
  }

  /** Those that are read in some cases only, too. */
  private static Set<String> inTheSources() throws IOException {
    Set<String> names = new TreeSet<>();
    for (String module :
        List.of("shared", "functions/generate-handler", "functions/worker-handler")) {
      try (Stream<Path> files = Files.walk(Path.of("../..", module, "src/main/java"))) {
        for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
          names.addAll(found(NAME, Files.readString(file)));
        }
      }
    }
    return names;
  }

  @Test
  void saysWhichFunctionReadsEach() {
    Map<String, String> expected = new TreeMap<>();
    names(VARIABLES).forEach(name -> expected.put(name, readBy(name)));
    assertSays(
        READERS,
        expected,
        saying(
            rows(READERS, "variable"),
            row ->
                Arrays.stream(DeployedFunction.values())
                    .filter(function -> row.text(function.wireName()).equals("yes"))
                    .map(DeployedFunction::wireName)
                    .collect(joining(", "))));
  }

  private static String readBy(String name) {
    return readers(name).stream().map(DeployedFunction::wireName).collect(joining(", "));
  }

  @Test
  void saysTheDefaults() {
    Map<String, String> expected = new TreeMap<>(ComputedDefaults.all());
    expected.putAll(defaults);
    // It has none, and is read only where it is there.
    expected.remove("INSTANCES");
    List<Row> withDefault =
        rows(VARIABLES, "variable").stream()
            .filter(row -> !row.text("default").startsWith(NEEDED))
            .filter(row -> !row.codes("default").isEmpty())
            // A file.
            .filter(row -> !row.name().equals("LLM_PRICES"))
            .toList();
    assertSays(VARIABLES, expected, saying(withDefault, row -> row.codes("default").getFirst()));
  }

  @Test
  void saysWhichAreNeeded() {
    List<String> needed =
        rows(VARIABLES, "variable").stream()
            .filter(row -> row.text("default").startsWith(NEEDED))
            .map(Row::name)
            .toList();
    for (String name : needed) {
      Map<String, String> without = new TreeMap<>(DeployedFunction.ENVIRONMENT);
      without.remove(name);
      for (DeployedFunction function : readers(name)) {
        assertThat(
                catchThrowableOfType(
                    InvalidSettingException.class,
                    () -> construct(function, Environment.of(without))))
            .as("%s: `%s` is not needed by %s", where(VARIABLES), name, function.wireName())
            .isNotNull()
            .hasMessageStartingWith(name + ": is not set");
      }
    }
    Map<String, String> minimal = new TreeMap<>(DeployedFunction.ENVIRONMENT);
    minimal.keySet().removeIf(name -> names(VARIABLES).contains(name) && !needed.contains(name));
    minimal.put("PROVIDERS", "bedrock");
    minimal.put("RATE_LIMIT_ON_FAILURE", "local");
    for (DeployedFunction function : DeployedFunction.values()) {
      assertThatCode(() -> construct(function, Environment.of(minimal)))
          .as("%s: %s starts with the needed variables", where(VARIABLES), function.wireName())
          .doesNotThrowAnyException();
    }
  }

  @Test
  void saysWhatNumbersAndFlagsMayBe() {
    assertSays(
        VARIABLES,
        values,
        saying(
            rows(VARIABLES, "variable").stream()
                .filter(row -> values.containsKey(row.name()))
                .toList(),
            row -> row.text("values")));
  }

  @Test
  void showsOnlyValuesThatAreTaken() {
    List<Row> rows = rows(VARIABLES, "variable");
    int most = rows.stream().mapToInt(row -> row.codes("values").size()).max().orElseThrow();
    for (int i = 0; i < most; i++) {
      for (DeployedFunction function : DeployedFunction.values()) {
        Map<String, String> environment = new TreeMap<>(DeployedFunction.ENVIRONMENT);
        for (Row row : rows) {
          List<DeployedFunction> readers = readers(row.name());
          if (!readers.isEmpty()
              && readers.getLast() == function
              && row.codes("values").size() > i) {
            environment.put(row.name(), row.codes("values").get(i));
          }
        }
        assertThatCode(() -> construct(function, Environment.of(environment)))
            .as("%s: value %d of each variable", where(VARIABLES), i + 1)
            .doesNotThrowAnyException();
      }
    }
  }
}
