package dev.promptlab.local.services.rdsdata;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.Objects;

/** A call is refused or has failed, with the error type that the AWS SDK knows. */
final class RdsDataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Error types by the names that go over the wire, with their HTTP statuses. */
  enum Type {
    BAD_REQUEST("BadRequestException", 400),
    DATABASE_ERROR("DatabaseErrorException", 400),
    DATABASE_UNAVAILABLE("DatabaseUnavailableException", 504),
    INTERNAL("InternalServerErrorException", 500),
    SERIALIZATION("SerializationException", 400),
    STATEMENT_TIMEOUT("StatementTimeoutException", 400),
    TOO_LARGE("RequestEntityTooLargeException", 413),
    TRANSACTION_NOT_FOUND("TransactionNotFoundException", 404),
    UNKNOWN_OPERATION("UnknownOperationException", 404),
    UNSUPPORTED_RESULT("UnsupportedResultException", 400),
    VALIDATION("ValidationException", 400);

    private final String wireName;
    private final int status;

    Type(String wireName, int status) {
      this.wireName = wireName;
      this.status = status;
    }

    String wireName() {
      return wireName;
    }

    int status() {
      return status;
    }
  }

  private final Type type;

  RdsDataException(Type type, String message) {
    super(message);
    this.type = type;
  }

  private RdsDataException(Type type, String message, Throwable cause) {
    super(message, cause);
    this.type = type;
  }

  /** What PostgreSQL says, with its SQLState, as Aurora words it. */
  static RdsDataException of(SQLException e) {
    SQLException cause = databaseError(e);
    String state = Objects.requireNonNullElse(cause.getSQLState(), "");
    if (state.startsWith("08") || state.equals("57P01") || state.equals("57P03")) {
      return new RdsDataException(
          Type.DATABASE_UNAVAILABLE, "The database is unavailable: " + cause.getMessage(), e);
    }
    return new RdsDataException(
        Type.DATABASE_ERROR, "%s; SQLState: %s".formatted(cause.getMessage(), state), e);
  }

  // A batch wraps what the database said into a text of the driver's own.
  private static SQLException databaseError(SQLException e) {
    return e instanceof BatchUpdateException && e.getNextException() != null
        ? e.getNextException()
        : e;
  }

  static RdsDataException badRequest(String message) {
    return new RdsDataException(Type.BAD_REQUEST, message);
  }

  static RdsDataException validation(String message) {
    return new RdsDataException(Type.VALIDATION, message);
  }

  static RdsDataException unsupportedResult(String message) {
    return new RdsDataException(Type.UNSUPPORTED_RESULT, message);
  }

  Type type() {
    return type;
  }

  String message() {
    return Objects.requireNonNullElse(getMessage(), "");
  }
}
