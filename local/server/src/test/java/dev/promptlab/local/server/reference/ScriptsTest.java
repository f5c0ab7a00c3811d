package dev.promptlab.local.server.reference;

import static dev.promptlab.local.server.reference.ReferencePage.found;
import static dev.promptlab.local.server.reference.ReferencePage.rows;
import static dev.promptlab.local.server.reference.ReferencePage.where;
import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.local.server.reference.ReferencePage.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page's variables of the scripts, against the scripts' text. */
class ScriptsTest {
  private static final String SCRIPTS = "Variables of the scripts";

  /** A variable that may be unset comes from outside. */
  private static final Pattern FROM_OUTSIDE = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]{2,}):?[-+]");

  /** Not ours, or from one script to another. */
  private static final Pattern OTHERS =
      Pattern.compile("(BASH|DOCS)_.*|EPOCHREALTIME|LANG|MAVEN_OPTS|TERM|TMPDIR");

  /** Where a script's programs are, beside its own text and that of what it sources. */
  private static final Map<String, List<String>> PROGRAMS =
      Map.of(
          "run-local", List.of("local/server/src/main", "scripts/_jdk.sh"),
          "deploy", List.of("scripts/_say.sh"),
          "migrate", List.of("local/migrate/src/main"),
          "savings", List.of("bench/Savings.java"),
          "test", List.of("scripts"));

  @Test
  void listsWhatComesFromOutside() throws IOException {
    Set<String> names = new TreeSet<>();
    for (String text : texts("scripts")) {
      names.addAll(found(FROM_OUTSIDE, text));
    }
    names.removeIf(name -> OTHERS.matcher(name).matches());
    rows(SCRIPTS, "variable").stream().map(Row::name).forEach(names::remove);
    assertThat(names).as("%s: to be added", where(SCRIPTS)).isEmpty();
  }

  @Test
  void namesScriptsThatReadThem() throws IOException {
    for (Row row : rows(SCRIPTS, "variable")) {
      Pattern word = Pattern.compile("\\b" + row.name() + "\\b");
      for (String script : row.codes("read by")) {
        StringBuilder text = new StringBuilder(Files.readString(Path.of("../../scripts", script)));
        for (String program : PROGRAMS.getOrDefault(script, List.of())) {
          texts(program).forEach(text::append);
        }
        assertThat(word.matcher(text).find())
            .as("%s: `%s` reads `%s`", where(SCRIPTS), script, row.name())
            .isTrue();
      }
    }
  }

  private static List<String> texts(String root) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("../..", root), 12)) {
      List<Path> texts =
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.toString().contains("__pycache__"))
              .toList();
      List<String> all = new ArrayList<>();
      for (Path file : texts) {
        all.add(Files.readString(file));
      }
      return all;
    }
  }
}
