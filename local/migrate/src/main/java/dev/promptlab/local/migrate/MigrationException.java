package dev.promptlab.local.migrate;

/** The run ends here; the message is the one line that says why and what to do. */
final class MigrationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MigrationException(String line) {
    super(line);
  }

  MigrationException(String line, Throwable cause) {
    super(line, cause);
  }

  String line() {
    return String.valueOf(getMessage());
  }
}
