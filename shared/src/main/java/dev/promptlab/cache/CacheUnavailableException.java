package dev.promptlab.cache;

import dev.promptlab.outage.OutageException;

/** The cache's Redis, or that of what is popular, could not be asked. */
public final class CacheUnavailableException extends OutageException {
  private static final long serialVersionUID = 1L;

  public CacheUnavailableException(Throwable cause) {
    super("the cache could not be asked (%s)".formatted(kind(cause)), cause);
  }
}
