package dev.promptlab.worker.llm;

import dev.promptlab.jobs.JobError;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call that gave no answer, with what the job's owner is told. Of what caused it only the place
 * and the kind are kept: its words may hold the prompt, and this is logged.
 */
public final class LlmException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient JobError error;
  private final transient @Nullable Duration retryAfter;

  public LlmException(JobError error, Throwable cause) {
    super(error.code() + ": " + kinds(cause));
    this.error = error;
    this.retryAfter = null;
    setStackTrace(cause.getStackTrace());
  }

  /**
   * A refusal by an answer.
   *
   * @param status of the answer, in HTTP
   * @param retryAfter for how long the provider asks to be left alone; null if it does not say
   */
  public LlmException(JobError error, int status, @Nullable Duration retryAfter) {
    super(error.code() + ": HTTP " + status);
    this.error = error;
    this.retryAfter = retryAfter;
  }

  private static String kinds(Throwable failure) {
    StringBuilder kinds = new StringBuilder(failure.getClass().getSimpleName());
    int depth = 0;
    for (Throwable cause = failure.getCause();
        cause != null && depth < 10;
        cause = cause.getCause(), depth++) {
      kinds.append(", from ").append(cause.getClass().getSimpleName());
    }
    return kinds.toString();
  }

  public JobError error() {
    return error;
  }

  /** For how long the provider asks to be left alone. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** Whether the provider as a whole seems to be down. */
  public boolean down() {
    return LlmErrors.isDown(error);
  }

  /** Whether another provider or model may be asked the same: it is not the request's own fault. */
  public boolean providersFault() {
    return LlmErrors.isProvidersFault(error);
  }
}
