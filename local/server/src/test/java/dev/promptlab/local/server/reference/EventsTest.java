package dev.promptlab.local.server.reference;

import static dev.promptlab.local.server.reference.ReferencePage.assertNames;
import static dev.promptlab.local.server.reference.ReferencePage.assertSays;
import static dev.promptlab.local.server.reference.ReferencePage.found;
import static dev.promptlab.local.server.reference.ReferencePage.rows;
import static dev.promptlab.local.server.reference.ReferencePage.saying;
import static dev.promptlab.local.server.reference.ReferencePage.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.local.server.reference.ReferencePage.Row;
import dev.promptlab.queue.JobMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page's messages, events and audit lines, against what is written and read. */
class EventsTest {
  private static final String MESSAGES = "Messages of the queue";
  private static final String INVOCATIONS = "Invocations";
  private static final String FILES = "Event files";
  private static final String AUDIT = "Audit lines";
  private static final Pattern ACTION =
      Pattern.compile("\"((?:account|api-key|template|cache|job)\\.[a-z-]+) ?\"");

  private static final ObjectMapper json = new ObjectMapper();

  @Test
  void listsTheFieldsOfAMessage() throws IOException {
    String body = new JobMessage(UUID.randomUUID()).toBody();
    Map<String, String> expected = new TreeMap<>();
    json.readTree(body)
        .forEachEntry(
            (field, value) -> expected.put(field, value.isInt() ? "`" + value + "`" : "UUID"));
    assertSays(MESSAGES, expected, saying(rows(MESSAGES, "field"), row -> row.text("value")));
    for (String field : expected.keySet()) {
      ObjectNode without = (ObjectNode) json.readTree(body);
      without.remove(field);
      assertThatThrownBy(() -> JobMessage.ofBody(without.toString()))
          .as(field)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void namesWhatTheWorkerAnswers() {
    JsonNode answer =
        json.valueToTree(
            new SQSBatchResponse(List.of(new SQSBatchResponse.BatchItemFailure("message"))));
    assertThat(answer.at("/batchItemFailures/0/itemIdentifier").asText()).isEqualTo("message");
    assertNames(INVOCATIONS, List.of("batchItemFailures[].itemIdentifier"), answers("worker"));
  }

  /** What a function answers, in the order of the page. */
  static List<String> answers(String function) {
    return rows(INVOCATIONS, "answer").stream()
        .filter(row -> row.text("of").equals(function))
        .map(Row::name)
        .toList();
  }

  @Test
  void showsTheEventOfTheWarmingsSchedule() throws IOException {
    String warming =
        rows(INVOCATIONS, "function").stream()
            .filter(row -> row.name().equals("warming"))
            .map(row -> row.codes("event").getFirst())
            .findFirst()
            .orElseThrow();
    String schedule =
        TemplateFile.read()
            .at("Resources", "CacheWarmingFunction", "Properties", "Events", "EveryInterval")
            .at("Properties", "Input")
            .text();
    assertThat(json.readTree(warming))
        .as("%s: warming", where(INVOCATIONS))
        .isEqualTo(json.readTree(schedule));
    assertThat(json.readTree(Files.readString(Path.of("../../events/cache-warming.json"))))
        .isEqualTo(json.readTree(schedule));
  }

  @Test
  void listsTheEventFiles() throws IOException {
    Map<String, String> expected = new TreeMap<>();
    try (Stream<Path> files = Files.list(Path.of("../../events"))) {
      for (Path file : files.toList()) {
        expected.put(file.getFileName().toString(), "`" + function(file) + "`");
      }
    }
    assertSays(FILES, expected, saying(rows(FILES, "file"), row -> row.text("function")));
  }

  private static String function(Path file) throws IOException {
    JsonNode event = json.readTree(Files.readString(file));
    DeployedFunction function =
        event.has("requestContext")
            ? DeployedFunction.GENERATE
            : event.has("Records")
                ? DeployedFunction.WORKER
                : event.has("redis") ? DeployedFunction.WARMING : DeployedFunction.SWEEP;
    return function.resource();
  }

  @Test
  void listsTheActionsOfAuditLines() throws IOException {
    TreeSet<String> actions = new TreeSet<>();
    try (Stream<Path> files =
        Files.list(
            Path.of("../../functions/generate-handler/src/main/java/dev/promptlab/generate"))) {
      for (Path file : files.filter(it -> it.toString().endsWith("Resource.java")).toList()) {
        actions.addAll(found(ACTION, Files.readString(file)));
      }
    }
    assertNames(AUDIT, actions, rows(AUDIT, "action").stream().map(Row::name).toList());
  }
}
