package dev.promptlab.outage;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A server that PromptLab needs did not answer, or refused. It is to be expected, so its {@link
 * #getMessage message} is all that is logged of it: one line that says what and why, and repeats
 * nothing of the words of the cause, which may hold SQL, a prompt or a key.
 */
public abstract class OutageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * An outage.
   *
   * @param message without anything that was sent
   */
  protected OutageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }

  /** The kind of a failure: its class, and that of what it began with. */
  protected static String kind(Throwable failure) {
    if (failure instanceof OutageException outage) {
      return outage.getMessage();
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String kind = failure.getClass().getSimpleName();
    return root.getClass().equals(failure.getClass())
        ? kind
        : kind + ", " + root.getClass().getSimpleName();
  }
}
