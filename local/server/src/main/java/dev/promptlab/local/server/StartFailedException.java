package dev.promptlab.local.server;

/** PromptLab cannot start; the message is the one line that says why and what to do about it. */
public final class StartFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  StartFailedException(String message) {
    super(message);
  }

  StartFailedException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The one line. */
  public String line() {
    return String.valueOf(getMessage());
  }
}
