package dev.promptlab.local.services.rdsdata;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the named parameters of a statement. What stands in string literals, quoted identifiers and
 * comments is left alone, and so are casts ({@code ::}).
 *
 * <p>The real one does not know dollar quotes: it silently replaces a {@code :name} inside {@code
 * $$…$$}. Such a statement is refused here, and every other dollar-quoted body is left alone.
 */
final class NamedSqlParser {
  private static final Pattern DOLLAR_QUOTE =
      Pattern.compile("\\$(?:[\\p{L}_][\\p{L}\\p{N}_]*)?\\$");

  private final String sql;
  private final StringBuilder jdbc = new StringBuilder();
  private final List<String> names = new ArrayList<>();
  private boolean ended;
  private int at;

  NamedSqlParser(String sql) {
    this.sql = sql;
  }

  NamedSql parse() {
    while (at < sql.length()) {
      step();
    }
    return new NamedSql(jdbc.toString(), names);
  }

  private void step() {
    char c = sql.charAt(at);
    if (c == '-' && next() == '-') {
      copyTo(endOfLine());
    } else if (c == '/' && next() == '*') {
      copyTo(endOfComment());
    } else if (Character.isWhitespace(c)) {
      copyTo(at + 1);
    } else if (c == ';') {
      ended = true;
      at++;
    } else if (ended) {
      throw RdsDataException.validation("Multistatements aren't supported.");
    } else {
      token(c);
    }
  }

  private void token(char c) {
    switch (c) {
      case '\'' -> copyTo(endOfLiteral());
      case '"' -> copyTo(endOfQuoted(at + 1, '"'));
      case '$' -> dollar();
      case ':' -> colon();
      case '?' -> {
        // JDBC's own placeholder: an operator that has one is doubled.
        jdbc.append("??");
        at++;
      }
      default -> word();
    }
  }

  // A whole word at once, so that the $ of an identifier does not look like a dollar quote.
  private void word() {
    int end = at + 1;
    if (isWordPart(sql.charAt(at))) {
      while (end < sql.length() && (isWordPart(sql.charAt(end)) || sql.charAt(end) == '$')) {
        end++;
      }
    }
    copyTo(end);
  }

  private void colon() {
    if (next() == ':') {
      copyTo(at + 2);
      return;
    }
    int end = at + 1;
    while (end < sql.length() && isWordPart(sql.charAt(end))) {
      end++;
    }
    if (end == at + 1) {
      copyTo(end);
    } else {
      names.add(sql.substring(at + 1, end));
      jdbc.append('?');
      at = end;
    }
  }

  private void dollar() {
    Matcher quote = DOLLAR_QUOTE.matcher(sql).region(at, sql.length());
    if (!quote.lookingAt()) {
      copyTo(at + 1);
      return;
    }
    int close = sql.indexOf(quote.group(), quote.end());
    int endOfBody = close < 0 ? sql.length() : close;
    refuseNames(sql.substring(quote.end(), endOfBody));
    copyTo(close < 0 ? sql.length() : close + quote.group().length());
  }

  private static void refuseNames(String body) {
    List<String> found = new NamedSqlParser(body.replace(';', ' ')).parse().names();
    if (!found.isEmpty()) {
      throw RdsDataException.validation(
          "The RDS Data API would replace :%s inside the dollar-quoted body: write it otherwise."
              .formatted(found.getFirst()));
    }
  }

  private char next() {
    return at + 1 < sql.length() ? sql.charAt(at + 1) : '\0';
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private void copyTo(int end) {
    jdbc.append(sql, at, end);
    at = end;
  }

  private int endOfLine() {
    int end = sql.indexOf('\n', at);
    return end < 0 ? sql.length() : end;
  }

  private int endOfComment() {
    int depth = 0;
    int i = at;
    while (i < sql.length()) {
      if (sql.startsWith("/*", i)) {
        depth++;
        i += 2;
      } else if (sql.startsWith("*/", i)) {
        depth--;
        i += 2;
        if (depth == 0) {
          return i;
        }
      } else {
        i++;
      }
    }
    return sql.length();
  }

  private int endOfLiteral() {
    return isEscapeLiteral() ? endOfEscapeLiteral() : endOfQuoted(at + 1, '\'');
  }

  /** Whether the literal is of the form E'…', in which a backslash hides a quote. */
  private boolean isEscapeLiteral() {
    return at > 0
        && (sql.charAt(at - 1) == 'E' || sql.charAt(at - 1) == 'e')
        && (at == 1 || !isWordPart(sql.charAt(at - 2)));
  }

  private int endOfEscapeLiteral() {
    int i = at + 1;
    while (i < sql.length() && sql.charAt(i) != '\'') {
      i += sql.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(i + 1, sql.length());
  }

  // A doubled quote reads as one literal right after another.
  private int endOfQuoted(int from, char quote) {
    int end = sql.indexOf(quote, from);
    return end < 0 ? sql.length() : end + 1;
  }
}
