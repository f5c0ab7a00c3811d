package dev.promptlab.local.server.reference;

import static dev.promptlab.local.server.reference.ReferencePage.assertNames;
import static dev.promptlab.local.server.reference.ReferencePage.assertSays;
import static dev.promptlab.local.server.reference.ReferencePage.found;
import static dev.promptlab.local.server.reference.ReferencePage.rows;
import static dev.promptlab.local.server.reference.ReferencePage.saying;
import static dev.promptlab.local.server.reference.ReferencePage.where;
import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.local.server.reference.ReferencePage.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.Message;

/** The page against a local PromptLab, with which everything is done once. */
class RunningPromptLabIT {
  private static final String READERS = "Who reads and who sets them";
  private static final String PROMETHEUS = "Prometheus";
  private static final String ANSWERS = "Invocations";
  private static final String MESSAGES = "Messages of the queue";

  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
  private static final Pattern SERIES = Pattern.compile("(?m)^(\\w+(?:\\{.*})?) ");

  private static Story story;
  private static ObservedPromptLab promptLab;
  private static Map<String, Object> swept;
  private static Map<String, Object> warmed;
  private static Message deadLetter;
  private static String metrics;

  @BeforeAll
  static void tell() throws Exception {
    story = new Story();
    promptLab = story.promptLab();
    story.generate();
    deadLetter = story.deadLetter();
    story.park();
    story.limitByRing();
    swept = story.sweep();
    warmed = story.warm();
    metrics = story.metrics();
  }

  @AfterAll
  static void close() {
    story.close();
  }

  @Test
  void saysWhatRunLocalTakesFromTheUserAndSetsItself() {
    Map<String, String> expected = new TreeMap<>();
    for (Row row : rows(READERS, "variable")) {
      String own = promptLab.environment().get(row.name());
      boolean yours = promptLab.userSettings().contains(row.name());
      expected.put(row.name(), yours ? "yours" + otherwise(row) : own == null ? "" : "its own");
    }
    assertSays(READERS, expected, saying(rows(READERS, "variable"), row -> row.text("run-local")));
    assertThat(rows("Variables of the scripts", "variable").stream().map(Row::name))
        .as("%s: what run-local reads beside", where("Variables of the scripts"))
        .containsAll(
            promptLab.userSettings().stream()
                .filter(name -> !expected.containsKey(name))
                .filter(name -> !name.startsWith("AWS_"))
                .toList());
  }

  /** What it sets where the user has set nothing; the story has set these. */
  private static String otherwise(Row row) {
    if (row.name().equals("REDIS_URL")) {
      return ", else its own";
    }
    Set<String> set = new TreeSet<>(DeployedFunction.providersAt("").keySet());
    set.addAll(Set.of("REDIS_CACHE_URL", "PROVIDER_CALLS_PER_MINUTE", "PROVIDER_CALLS_AT_A_TIME"));
    String own = promptLab.environment().get(row.name());
    return own == null || set.contains(row.name()) ? "" : ", else `" + own + "`";
  }

  @Test
  void namesTheLabelsAndValuesThatAreServed() {
    Map<String, List<String>> labels = new TreeMap<>();
    rows(PROMETHEUS, "metric").forEach(row -> labels.put(row.name(), row.codes("labels")));
    for (String series : found(SERIES, metrics)) {
      List<String> names = new ArrayList<>();
      Matcher label = LABEL.matcher(series);
      while (label.find()) {
        names.add(label.group(1));
        assertThat(MetricsTest.values(label.group(1)))
            .as("%s: values of `%s`", where(PROMETHEUS), label.group(1))
            .contains(label.group(2));
      }
      String name = series.replaceAll("\\{.*", "");
      assertThat(labels).as(where(PROMETHEUS)).containsEntry(name, names);
    }
  }

  @Test
  void listsEachKeyOfRedis_withTypePlaceAndLife() {
    RedisSection.assertListsKeys(promptLab.keys());
  }

  @Test
  void listsTheChannelsWithTheirMessages() throws Exception {
    RedisSection.assertListsChannels(promptLab.messages());
  }

  @Test
  void listsTablesAndColumns() {
    DatabaseSection.assertListsTables(promptLab);
  }

  @Test
  void listsTheSqlFunctions() {
    DatabaseSection.assertListsFunctions(promptLab);
  }

  @Test
  void namesWhatTheScheduledFunctionsAnswer() {
    assertNames(ANSWERS, swept.keySet(), EventsTest.answers("sweep"));
    assertNames(ANSWERS, warmed.keySet(), EventsTest.answers("warming"));
  }

  @Test
  void aMessageThatIsNoneIsADeadLetterWithItsReason() {
    assertThat(deadLetter.body()).isEqualTo("{}");
    assertThat(deadLetter.messageAttributes()).as(where(MESSAGES)).containsOnlyKeys("reason");
  }
}
