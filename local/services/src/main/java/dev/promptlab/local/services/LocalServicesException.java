package dev.promptlab.local.services;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A local server could not be started or used. The message is one line that says what is wrong and
 * what to do about it, fit to be shown to the user as it is.
 */
public final class LocalServicesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LocalServicesException(String message) {
    super(oneLine(message));
  }

  LocalServicesException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  /** What a cause says, for use inside a message. */
  static String reason(Throwable cause) {
    @Nullable String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : oneLine(message);
  }

  private static String oneLine(String message) {
    return Objects.requireNonNull(message).strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
