package dev.promptlab.worker.llm;

import dev.promptlab.jobs.JobError;

/**
 * A call that gave no answer, with what the job's owner is told. The cause is the client library's.
 */
public final class LlmException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient JobError error;

  public LlmException(JobError error, Throwable cause) {
    super(error.code(), cause);
    this.error = error;
  }

  public JobError error() {
    return error;
  }

  /** Whether another provider or model may be asked the same: it is not the request's own fault. */
  public boolean providersFault() {
    return LlmErrors.isProvidersFault(error);
  }
}
