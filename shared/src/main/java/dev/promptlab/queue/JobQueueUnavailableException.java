package dev.promptlab.queue;

import dev.promptlab.outage.OutageException;

/** The queue did not answer, or refused. Whether a message was sent is not known. */
public final class JobQueueUnavailableException extends OutageException {
  private static final long serialVersionUID = 1L;

  public JobQueueUnavailableException(Throwable cause) {
    super("the queue could not be asked (%s)".formatted(kind(cause)), cause);
  }
}
