package dev.promptlab.queue;

/** The queue did not answer, or refused. Whether a message was sent is not known. */
public final class JobQueueUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JobQueueUnavailableException(Throwable cause) {
    super("the queue could not be asked", cause);
  }
}
