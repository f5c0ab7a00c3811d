package dev.promptlab.local.services.rdsdata;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.postgresql.PGStatement;

/** Runs the statement of a call on a connection. Immutable. */
final class StatementRunner {
  private static final String QUERY_CANCELED = "57014";

  private final Duration timeout;

  StatementRunner(Duration timeout) {
    this.timeout = timeout;
  }

  /** Runs a statement once and gives the answer. */
  ObjectNode execute(Connection connection, NamedSql sql, CallRequest request) throws SQLException {
    ResultOptions options = ResultOptions.of(request);
    Map<String, SqlParameter> parameters = request.parameters();
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.putArray("generatedFields");
    try (PreparedStatement statement = prepare(connection, sql, request)) {
      bind(statement, sql, parameters);
      boolean hasRows = statement.execute();
      answer.put("numberOfRecordsUpdated", hasRows ? 0 : Math.max(0, statement.getUpdateCount()));
      if (hasRows) {
        try (ResultSet results = statement.getResultSet()) {
          new ResultWriter(results, options).writeTo(answer);
        }
      }
      return answer;
    } catch (SQLException e) {
      throw timedOut(e);
    }
  }

  /** Runs a statement once for each set of parameters. */
  ObjectNode executeBatch(Connection connection, NamedSql sql, CallRequest request)
      throws SQLException {
    List<Map<String, SqlParameter>> sets = request.parameterSets();
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode updates = answer.putArray("updateResults");
    try (PreparedStatement statement = prepare(connection, sql, request)) {
      for (Map<String, SqlParameter> set : sets) {
        bind(statement, sql, set);
        statement.addBatch();
      }
      if (sets.isEmpty()) {
        bind(statement, sql, Map.of());
        statement.addBatch();
      }
      statement.executeBatch();
      sets.forEach(set -> updates.addObject().putArray("generatedFields"));
      return answer;
    } catch (SQLException e) {
      throw timedOut(e);
    }
  }

  private PreparedStatement prepare(Connection connection, NamedSql sql, CallRequest request)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql.jdbcSql());
    // No named statements in the session: a migration would invalidate their plans.
    statement.unwrap(PGStatement.class).setPrepareThreshold(0);
    if (!request.flag("continueAfterTimeout")) {
      statement.setQueryTimeout(Math.toIntExact(Math.max(1, timeout.toSeconds())));
    }
    return statement;
  }

  private static void bind(
      PreparedStatement statement, NamedSql sql, Map<String, SqlParameter> parameters)
      throws SQLException {
    int index = 1;
    for (String name : sql.names()) {
      SqlParameter parameter = parameters.get(name);
      if (parameter == null) {
        throw RdsDataException.badRequest("Cannot find parameter: " + name);
      }
      parameter.bind(statement, index);
      index++;
    }
  }

  private static RdsDataException timedOut(SQLException e) {
    return QUERY_CANCELED.equals(e.getSQLState())
        ? new RdsDataException(RdsDataException.Type.STATEMENT_TIMEOUT, "Request timed out")
        : RdsDataException.of(e);
  }
}
