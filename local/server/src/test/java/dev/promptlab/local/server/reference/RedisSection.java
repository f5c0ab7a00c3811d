package dev.promptlab.local.server.reference;

import static dev.promptlab.local.server.reference.ReferencePage.assertNames;
import static dev.promptlab.local.server.reference.ReferencePage.rows;
import static dev.promptlab.local.server.reference.ReferencePage.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.local.server.reference.ReferencePage.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page's keys and channels of Redis, against what was seen there. */
final class RedisSection {
  private static final String KEYS = "Keys";
  private static final String CHANNELS = "Channels";
  private static final Pattern PLACEHOLDER = Pattern.compile("<(\\w+)>");
  private static final Pattern LIFE = Pattern.compile("(\\d+) (s|d)");
  private static final long UNTIL_SEEN = 12_000;
  private static final Map<String, String> FORMS =
      Map.of(
          "account", "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}",
          "network", "[0-9.]+|[0-9a-f:]+/64",
          "hash", "[0-9a-f]{64}",
          "identity", "(?:read:|auth:)?(?:ip:|account:)?[^:]+",
          "provider", "anthropic|openai|bedrock",
          "template", "[A-Za-z0-9_-]{1,64}",
          "jobId", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private RedisSection() {}

  private static Pattern pattern(String documented) {
    StringBuilder regex = new StringBuilder();
    int end = 0;
    Matcher placeholder = PLACEHOLDER.matcher(documented);
    while (placeholder.find()) {
      regex.append(Pattern.quote(documented.substring(end, placeholder.start())));
      assertThat(FORMS).as("%s: placeholder", where(KEYS)).containsKey(placeholder.group(1));
      regex.append("(?:").append(FORMS.get(placeholder.group(1))).append(')');
      end = placeholder.end();
    }
    return Pattern.compile(regex.append(Pattern.quote(documented.substring(end))).toString());
  }

  private static List<Row> matching(List<Row> rows, String name) {
    return rows.stream().filter(row -> pattern(row.name()).matcher(name).matches()).toList();
  }

  /**
   * Fails unless each key is like one row, as it says, and there was one of each row.
   *
   * @param keys by name
   */
  static void assertListsKeys(Map<String, ObservedPromptLab.Key> keys) {
    List<Row> rows = rows(KEYS, "key");
    List<String> seen = new ArrayList<>();
    keys.forEach(
        (name, key) -> {
          List<Row> matching = matching(rows, name);
          assertThat(matching)
              .as("%s: rows that match the %s `%s` on %s", where(KEYS), key.type(), name, key.on())
              .hasSize(1);
          Row row = matching.getFirst();
          seen.add(row.name());
          assertThat(row.text("type"))
              .as("%s: type of `%s`", where(KEYS), row.name())
              .isEqualTo(key.type());
          assertThat(row.text("on"))
              .as("%s: where `%s` is", where(KEYS), row.name())
              .isEqualTo(key.on());
          assertLives(row, key.millis());
        });
    assertNames(KEYS, seen, rows.stream().map(Row::name).toList());
  }

  private static void assertLives(Row row, long millis) {
    Matcher life = LIFE.matcher(row.text("lives at most"));
    if (!life.find()) {
      assertThat(row.text("lives at most")).isEqualTo("none");
      assertThat(millis).as("%s: `%s` has no time to live", where(KEYS), row.name()).isEqualTo(-1);
      return;
    }
    long most = Long.parseLong(life.group(1)) * (life.group(2).equals("d") ? 86_400_000 : 1_000);
    // A result may go up to a tenth earlier; and it was not seen at once.
    assertThat(millis)
        .as("%s: ms that `%s` has left to live", where(KEYS), row.name())
        .isBetween(most - most / 10 - UNTIL_SEEN, most);
  }

  /**
   * The same of channels.
   *
   * @param messages one of each channel
   */
  static void assertListsChannels(Map<String, String> messages) throws IOException {
    List<Row> rows = rows(CHANNELS, "channel");
    List<String> seen = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    for (Map.Entry<String, String> message : messages.entrySet()) {
      List<Row> matching = matching(rows, message.getKey());
      assertThat(matching).as("%s: `%s`", where(CHANNELS), message.getKey()).hasSize(1);
      seen.add(matching.getFirst().name());
      assertThat(message.getValue()).startsWith("limits ");
      String shown = matching.getFirst().codes("message").getFirst();
      List<String> fields = new ArrayList<>();
      json.readTree(shown).fieldNames().forEachRemaining(fields::add);
      List<String> sent = new ArrayList<>();
      json.readTree(message.getValue().substring(7)).fieldNames().forEachRemaining(sent::add);
      assertThat(fields)
          .as("%s: message of `%s`", where(CHANNELS), message.getKey())
          .isEqualTo(sent);
    }
    assertNames(CHANNELS, seen, rows.stream().map(Row::name).toList());
  }
}
