package dev.promptlab.worker;

import dev.promptlab.outage.OutageException;

/** Fails an invocation over an outage, so that it counts as failed, and is logged as one line. */
public final class RunFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RunFailedException(OutageException outage) {
    super(outage.getMessage(), null, false, false);
  }
}
