package dev.promptlab.cache.redis;

/** An entry of an unknown format, damaged, or larger than anything that was written. */
final class UnreadableEntryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableEntryException(String message) {
    super(message);
  }

  UnreadableEntryException(Throwable cause) {
    super(cause);
  }
}
