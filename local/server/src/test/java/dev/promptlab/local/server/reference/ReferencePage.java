package dev.promptlab.local.server.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The tables of docs/reference.md, by the headings that they stand under. */
final class ReferencePage {
  private static final Path FILE = Path.of("../../docs/reference.md");
  private static final Pattern COLUMN = Pattern.compile("(?<!\\\\)\\|");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private ReferencePage() {}

  /**
   * One line of a table.
   *
   * @param cells by the names of their columns
   */
  record Row(SequencedMap<String, String> cells) {
    /** The text of a cell; none where the table has no such column. */
    String text(String column) {
      return cells.getOrDefault(column, "");
    }

    /** What stands in a cell as code. */
    List<String> codes(String column) {
      return CODE.matcher(text(column)).results().map(code -> code.group(1)).toList();
    }

    /** What the row is about: the code in its first cell. */
    String name() {
      return codes(cells.firstEntry().getKey()).getFirst();
    }
  }

  /**
   * The rows of all tables below a heading, and below those under it, which have such a first
   * column.
   */
  static List<Row> rows(String heading, String firstColumn) {
    List<Row> rows = new ArrayList<>();
    int level = 0;
    List<String> columns = List.of();
    for (String line : lines()) {
      if (line.startsWith("#")) {
        int depth = line.indexOf(' ');
        boolean begins = line.substring(depth + 1).equals(heading);
        level = begins ? depth : level > 0 && depth > level ? level : 0;
      }
      if (!line.startsWith("|")) {
        columns = List.of();
      } else if (columns.isEmpty()) {
        columns = cells(line);
      } else if (level > 0 && columns.getFirst().equals(firstColumn) && !line.startsWith("|--")) {
        rows.add(row(columns, cells(line)));
      }
    }
    assertThat(rows)
        .as("%s: a table whose first column is \"%s\"", where(heading), firstColumn)
        .isNotEmpty();
    return rows;
  }

  /** The headings right below a heading. */
  static List<String> headings(String heading) {
    List<String> headings = new ArrayList<>();
    int level = 0;
    for (String line : lines()) {
      if (line.startsWith("#")) {
        int depth = line.indexOf(' ');
        String text = line.substring(depth + 1);
        level = text.equals(heading) ? depth : level > 0 && depth > level ? level : 0;
        if (level > 0 && depth == level + 1) {
          headings.add(text);
        }
      }
    }
    return headings;
  }

  private static Row row(List<String> columns, List<String> cells) {
    assertThat(cells)
        .as("docs/reference.md: a cell for each of %s", columns)
        .hasSameSizeAs(columns);
    SequencedMap<String, String> row = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      row.put(columns.get(i), cells.get(i));
    }
    return new Row(row);
  }

  private static List<String> cells(String line) {
    String inner = line.substring(1, line.lastIndexOf('|'));
    return COLUMN.splitAsStream(inner + " ").map(cell -> cell.strip().replace("\\|", "|")).toList();
  }

  private static List<String> lines() {
    try {
      return Files.readAllLines(FILE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of rows, each with what the page says of it. */
  static SequencedMap<String, String> saying(List<Row> rows, Function<Row, String> says) {
    SequencedMap<String, String> said = new LinkedHashMap<>();
    for (Row row : rows) {
      assertThat(said.put(row.name(), says.apply(row)))
          .as("docs/reference.md: `%s` has two rows in one table", row.name())
          .isNull();
    }
    return said;
  }

  /** Fails with what is to be changed in the page, if it does not say just this. */
  static void assertSays(
      String heading, Map<String, String> expected, SequencedMap<String, String> said) {
    List<String> changes = new ArrayList<>();
    expected.forEach(
        (name, value) -> {
          String on = said.get(name);
          if (on == null) {
            changes.add("add `%s`: %s".formatted(name, value));
          } else if (!on.equals(value)) {
            changes.add("`%s`: not \"%s\", but \"%s\"".formatted(name, on, value));
          }
        });
    said.keySet().stream()
        .filter(name -> !expected.containsKey(name))
        .forEach(name -> changes.add("remove `%s`: there is none".formatted(name)));
    assertThat(changes).as("%s, to be changed", where(heading)).isEmpty();
  }

  /** The same of names alone. */
  static void assertNames(String heading, Collection<String> expected, Collection<String> said) {
    List<String> changes = new ArrayList<>();
    expected.stream()
        .filter(name -> !said.contains(name))
        .forEach(name -> changes.add("add `" + name + "`"));
    said.stream()
        .filter(name -> !expected.contains(name))
        .forEach(name -> changes.add("remove `" + name + "`"));
    assertThat(changes).as("%s, to be changed", where(heading)).isEmpty();
  }

  static String where(String heading) {
    return "docs/reference.md, \"%s\"".formatted(heading);
  }

  /** All that a pattern finds in a text. */
  static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult match) -> match.group(1)).toList();
  }
}
