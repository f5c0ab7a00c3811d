package dev.promptlab.jobs;

/** The store did not answer, or refused. Whether a write has happened is not known. */
public final class JobStoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JobStoreUnavailableException(Throwable cause) {
    super("the job store could not be asked", cause);
  }
}
