package dev.promptlab.local.migrate;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;

/**
 * The statements of an SQL file, one for each call of the RDS Data API, which takes no two at once.
 * Quotes, dollar quotes and nested comments are read as PostgreSQL reads them.
 */
final class SqlScript {
  /** The longest text of a statement that a call may have. */
  static final int MAX_CHARACTERS = 65_536;

  // The API takes this for a parameter in a dollar-quoted body too. What it makes of literals and
  // comments inside such a body is not documented, so it is allowed nowhere.
  private static final Pattern PARAMETER = Pattern.compile("(?<!:):\\w+");
  private static final Pattern ENDS_TRANSACTION =
      Pattern.compile(
          "(?i)(begin|start\\s+transaction|commit|end|rollback|abort|savepoint|prepare\\s+transaction)\\b.*",
          Pattern.DOTALL);

  // PostgreSQL refuses it in a transaction; Flyway runs it beside its own, and waits for that for
  // ever.
  private static final Pattern CONCURRENT_INDEX =
      Pattern.compile(
          "(?i)(create(\\s+unique)?\\s+index|drop\\s+index|reindex)\\b.*\\bconcurrently\\b.*",
          Pattern.DOTALL);

  // The parser does not find its end.
  private static final Pattern SQL_BODY = Pattern.compile("(?i)\\bbegin\\s+atomic\\b");

  private SqlScript() {}

  /**
   * One statement.
   *
   * @param line on which it begins, the first one being 1
   */
  record Part(int line, String sql) {}

  /**
   * The statements in their order, each without the comments before it.
   *
   * @param file its name, for the errors
   * @throws MigrationException if the API would not run one of them as it stands there
   */
  static List<Part> parts(String file, String text) {
    List<Part> parts = new ArrayList<>();
    int from = 0;
    for (String raw : statements(file, text)) {
      int at = text.indexOf(raw, from);
      from = at + raw.length();
      int start = startOf(raw);
      if (start < raw.length()) {
        Part part = new Part(lineAt(text, at + start), raw.substring(start).strip());
        check(file, part);
        parts.add(part);
      }
    }
    return List.copyOf(parts);
  }

  private static List<String> statements(String file, String text) {
    try {
      return Parser.parseJdbcSql(text, true, false, true, false, false).stream()
          .map((NativeQuery query) -> query.nativeSql)
          .toList();
    } catch (SQLException e) {
      throw new MigrationException(
          "%s cannot be read: %s".formatted(file, String.valueOf(e.getMessage())), e);
    }
  }

  /** Where the blanks and comments at the beginning end. */
  private static int startOf(String statement) {
    char[] text = statement.toCharArray();
    int at = 0;
    while (at < text.length) {
      int end = Parser.parseLineComment(text, at);
      if (end == at) {
        end = Parser.parseBlockComment(text, at);
      }
      if (end == at && !Character.isWhitespace(text[at])) {
        return at;
      }
      at = end + 1;
    }
    return text.length;
  }

  private static int lineAt(String text, int position) {
    return 1 + Math.toIntExact(text.substring(0, position).chars().filter(c -> c == '\n').count());
  }

  private static void check(String file, Part part) {
    Matcher parameter = PARAMETER.matcher(part.sql());
    if (parameter.find()) {
      throw refused(
          file,
          part,
          "the RDS Data API would take %s for a parameter: write the colon as chr(58)"
              .formatted(parameter.group()));
    }
    if (part.sql().length() > MAX_CHARACTERS) {
      throw refused(
          file,
          part,
          "its %d characters are more than the RDS Data API takes (%d): make it several statements"
              .formatted(part.sql().length(), MAX_CHARACTERS));
    }
    if (SQL_BODY.matcher(part.sql()).find()) {
      throw refused(file, part, "write the function's body between $$ and $$, not as begin atomic");
    }
    if (ENDS_TRANSACTION.matcher(part.sql()).matches()) {
      throw refused(file, part, "each file is one transaction already: leave this statement out");
    }
    if (CONCURRENT_INDEX.matcher(part.sql()).matches()) {
      throw refused(file, part, "each file is one transaction: leave out concurrently");
    }
  }

  private static MigrationException refused(String file, Part part, String why) {
    return new MigrationException(
        "%s, the statement on line %d: %s".formatted(file, part.line(), why));
  }
}
