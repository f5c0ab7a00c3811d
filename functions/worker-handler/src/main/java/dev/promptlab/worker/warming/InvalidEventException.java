package dev.promptlab.worker.warming;

/** An event that says nothing usable; the message says what it must be. Logged as one line. */
final class InvalidEventException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidEventException(String message) {
    super(message, null, false, false);
  }
}
