package dev.promptlab.local.server.reference;

import static dev.promptlab.local.server.reference.ReferencePage.assertSays;
import static dev.promptlab.local.server.reference.ReferencePage.rows;
import static dev.promptlab.local.server.reference.ReferencePage.saying;
import static dev.promptlab.local.server.reference.ReferencePage.where;
import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.local.server.reference.ReferencePage.Row;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page against template.yaml: parameters, variables that they set, alarms. */
class TemplateTest {
  private static final String PARAMETERS = "Parameters of template.yaml";
  private static final String READERS = "Who reads and who sets them";
  private static final String LAMBDA = "Set by Lambda, or for the JVM";
  private static final String ALARMS = "Alarms";

  private final TemplateFile template = TemplateFile.read();

  @Test
  void saysWhichParameterSetsAVariable() {
    Map<String, String> expected = new TreeMap<>();
    rows(READERS, "variable").forEach(row -> expected.put(row.name(), setIn(row.name())));
    assertSays(
        READERS, expected, saying(rows(READERS, "variable"), row -> row.text("template.yaml")));
  }

  private String setIn(String variable) {
    List<TemplateFile> values =
        Stream.of(DeployedFunction.values())
            .map(function -> template.variables(function).get(variable))
            .filter(value -> value != null)
            .distinct()
            .toList();
    if (values.isEmpty()) {
      return "";
    }
    String parameters =
        values.stream()
            .flatMap(value -> value.parameters(template).stream())
            .distinct()
            .map(name -> "`" + name + "`")
            .collect(Collectors.joining(", "));
    if (!parameters.isEmpty()) {
      return parameters;
    }
    boolean empty = values.stream().allMatch(it -> it.text().isEmpty() && it.elements().isEmpty());
    return empty ? "empty" : "sets it";
  }

  @Test
  void theTemplateDeclaresForEachFunctionWhatItReads() {
    for (DeployedFunction function : DeployedFunction.values()) {
      Set<String> documented = new TreeSet<>();
      rows(READERS, "variable").stream()
          .filter(row -> row.text(function.wireName()).equals("yes"))
          .map(Row::name)
          .forEach(documented::add);
      Set<String> declared = new TreeSet<>(template.variables(function).keySet());
      documented.removeAll(declared);
      assertThat(documented)
          .as(
              "template.yaml: to be added to the variables of %s, if it reads them",
              function.resource())
          .isEmpty();
      declared.removeAll(rows(READERS, "variable").stream().map(Row::name).toList());
      assertThat(rows(LAMBDA, "variable").stream().map(Row::name))
          .as("%s or \"%s\": what template.yaml sets", where(READERS), LAMBDA)
          .containsAll(declared);
    }
  }

  @Test
  void listsTheParameters() {
    Map<String, String> expected = new TreeMap<>();
    template
        .at("Parameters")
        .parts()
        .forEach(
            (name, parameter) ->
                expected.put(
                    name,
                    said(
                        code(parameter.at("Default").text()),
                        values(parameter),
                        parameter.at("Description").text())));
    assertSays(
        PARAMETERS,
        expected,
        saying(
            rows(PARAMETERS, "parameter"),
            row -> said(row.text("default"), row.text("values"), row.text("meaning"))));
    assertThat(expected.values())
        .as("template.yaml: descriptions")
        .noneMatch(it -> it.endsWith("| "));
  }

  private static String said(String... cells) {
    return String.join(" | ", cells);
  }

  private static String code(String text) {
    return text.isEmpty() ? "" : "`" + text + "`";
  }

  private static String values(TemplateFile parameter) {
    if (parameter.at("AllowedValues").there()) {
      return parameter.at("AllowedValues").elements().stream()
          .map(value -> code(value.text()))
          .collect(Collectors.joining(", "));
    }
    if (parameter.at("MinValue").there()) {
      String most = parameter.at("MaxValue").text();
      String least = parameter.at("MinValue").text();
      return most.isEmpty() ? least + " or more" : least + " to " + most;
    }
    return parameter.at("ConstraintDescription").text();
  }

  @Test
  void listsTheAlarms() {
    Map<String, String> expected = new TreeMap<>();
    template
        .resources("AWS::CloudWatch::Alarm")
        .forEach((name, alarm) -> expected.put(name, alarm(alarm)));
    assertSays(
        ALARMS,
        expected,
        saying(
            rows(ALARMS, "alarm"),
            row -> said(row.text("metric"), row.text("goes off at"), row.text("in"))));
  }

  private static String alarm(TemplateFile alarm) {
    String statistic =
        alarm.at("Statistic").there()
            ? alarm.at("Statistic").text()
            : alarm.at("ExtendedStatistic").text();
    boolean above = alarm.at("ComparisonOperator").text().equals("GreaterThanThreshold");
    String periods = alarm.at("EvaluationPeriods").text();
    String needed =
        alarm.at("DatapointsToAlarm").there() ? alarm.at("DatapointsToAlarm").text() : periods;
    String of =
        alarm.at("Dimensions").elements().getFirst().at("Value").text().replaceAll("[.].*", "");
    return said(
        "`%s` `%s`".formatted(alarm.at("Namespace").text(), alarm.at("MetricName").text())
            + (of.startsWith("AWS::") ? "" : " of `" + of + "`"),
        "%s %s `%s`".formatted(statistic, above ? ">" : "≥", alarm.at("Threshold").text()),
        "%s of %s × %s s".formatted(needed, periods, alarm.at("Period").text()));
  }

  @Test
  void theTemplatesFunctionsAreThese() {
    assertThat(template.resources("AWS::Serverless::Function").keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(DeployedFunction.values()).map(DeployedFunction::resource).toList());
  }
}
