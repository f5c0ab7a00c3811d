package dev.promptlab.local.services.rdsdata;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** The five operations of the API. Thread-safe. */
final class Operations implements AutoCloseable {
  private final Connections connections;
  private final Transactions transactions;
  private final StatementRunner statements;

  Operations(Connections connections, Duration transactionIdle, Duration statementTimeout) {
    this.connections = connections;
    this.transactions = new Transactions(connections, transactionIdle);
    this.statements = new StatementRunner(statementTimeout);
  }

  /** Runs the operation at a path. */
  ObjectNode run(String path, CallRequest request) throws SQLException {
    try {
      return switch (path) {
        case "/Execute" -> statement(request, statements::execute);
        case "/BatchExecute" -> statement(request, statements::executeBatch);
        case "/BeginTransaction" -> begin(request);
        case "/CommitTransaction" -> commit(request.required("transactionId"));
        case "/RollbackTransaction" -> rollback(request.required("transactionId"));
        default -> throw unknown(path);
      };
    } catch (SQLException e) {
      throw RdsDataException.of(e);
    }
  }

  static RdsDataException unknown(String operation) {
    return new RdsDataException(
        RdsDataException.Type.UNKNOWN_OPERATION, "There is no operation %s.".formatted(operation));
  }

  /** Runs one statement on a connection. */
  @FunctionalInterface
  private interface Execution {
    ObjectNode run(Connection connection, NamedSql sql, CallRequest request) throws SQLException;
  }

  private ObjectNode statement(CallRequest request, Execution execution) throws SQLException {
    NamedSql sql = NamedSql.parse(request.required("sql"));
    if (sql.controlsTransaction()) {
      throw RdsDataException.badRequest(
          "Transactions are begun and ended with BeginTransaction, CommitTransaction and RollbackTransaction.");
    }
    Optional<String> id = request.text("transactionId");
    if (id.isPresent()) {
      return transactions.run(
          id.get(),
          sql.changesSession(),
          connection -> onDatabase(connection, request, sql, execution));
    }
    Connection connection = connections.take();
    try {
      return onDatabase(connection, request, sql, execution);
    } finally {
      connections.giveBack(connection, sql.changesSession());
    }
  }

  private static ObjectNode onDatabase(
      Connection connection, CallRequest request, NamedSql sql, Execution execution)
      throws SQLException {
    checkDatabase(connection, request);
    return execution.run(connection, sql, request);
  }

  private static void checkDatabase(Connection connection, CallRequest request)
      throws SQLException {
    Optional<String> database = request.text("database");
    if (database.isPresent() && !database.get().equals(connection.getCatalog())) {
      throw new RdsDataException(
          RdsDataException.Type.DATABASE_ERROR,
          "ERROR: database \"%s\" does not exist; SQLState: 3D000".formatted(database.get()));
    }
  }

  private ObjectNode begin(CallRequest request) throws SQLException {
    Connection connection = connections.take();
    try {
      checkDatabase(connection, request);
    } finally {
      connections.giveBack(connection, false);
    }
    return answer("transactionId", transactions.begin());
  }

  private ObjectNode commit(String id) throws SQLException {
    transactions.commit(id);
    return answer("transactionStatus", "Transaction Committed");
  }

  private ObjectNode rollback(String id) throws SQLException {
    transactions.rollback(id);
    return answer("transactionStatus", "Rollback Complete");
  }

  private static ObjectNode answer(String field, String value) {
    return JsonNodeFactory.instance.objectNode().put(field, value);
  }

  @Override
  public void close() {
    transactions.close();
  }
}
