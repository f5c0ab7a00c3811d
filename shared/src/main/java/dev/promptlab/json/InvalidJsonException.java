package dev.promptlab.json;

import java.util.Objects;

/**
 * JSON that is malformed, or that two readers could understand differently. The message is fit for
 * the sender.
 */
public final class InvalidJsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String pointer;

  /**
   * A refusal.
   *
   * @param pointer where, as dotted field names, empty for the document as a whole
   */
  InvalidJsonException(String pointer, String message) {
    super(message);
    this.pointer = pointer;
  }

  public String pointer() {
    return pointer;
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
