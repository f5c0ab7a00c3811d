package dev.promptlab.local.services.rdsdata;

import java.util.List;

/**
 * One SQL statement with named parameters, in the form that JDBC wants.
 *
 * @param jdbcSql the statement with {@code ?} for each parameter
 * @param names the parameter at each {@code ?}, in order; a name may be there more than once
 */
record NamedSql(String jdbcSql, List<String> names) {
  NamedSql {
    names = List.copyOf(names);
  }

  /**
   * Reads a statement.
   *
   * @throws RdsDataException if there is none, or more than one
   */
  static NamedSql parse(String sql) {
    NamedSql parsed = new NamedSqlParser(sql).parse();
    if (parsed.jdbcSql().isBlank()) {
      throw RdsDataException.validation("The SQL statement is empty.");
    }
    return parsed;
  }

  /** Whether the statement would begin or end a transaction behind the API's back. */
  boolean controlsTransaction() {
    return SqlWords.TRANSACTION_CONTROL.matcher(jdbcSql).find();
  }

  /** Whether the statement leaves something behind in the database session that it runs in. */
  boolean changesSession() {
    return SqlWords.SESSION_CHANGE.matcher(jdbcSql).find();
  }
}
