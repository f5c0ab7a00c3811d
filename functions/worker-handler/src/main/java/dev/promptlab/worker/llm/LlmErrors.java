package dev.promptlab.worker.llm;

import dev.promptlab.jobs.JobError;

/**
 * The kinds of provider failure, with their stable codes. None repeats a provider's words: they may
 * hold a prompt.
 */
final class LlmErrors {
  static final JobError RATE_LIMITED =
      new JobError(
          "provider-rate-limited", "The provider refused for now: too many requests.", true);
  static final JobError UNAVAILABLE =
      new JobError("provider-unavailable", "The provider failed or is overloaded.", true);
  static final JobError TIMEOUT =
      new JobError("provider-timeout", "The provider did not answer in time.", true);
  static final JobError NETWORK =
      new JobError("provider-unreachable", "The provider could not be reached.", true);
  static final JobError BAD_ANSWER =
      new JobError("provider-bad-answer", "The provider's answer could not be read.", true);
  static final JobError AUTH =
      new JobError("provider-auth", "The provider refused this deployment's credentials.", false);
  static final JobError MODEL_NOT_FOUND =
      new JobError("provider-model-not-found", "The provider has no such model.", false);
  static final JobError INVALID_REQUEST =
      new JobError(
          "provider-invalid-request", "The provider refused the request as invalid.", false);
  static final JobError CONTENT_FILTERED =
      new JobError("content-filtered", "The provider's content filter refused.", false);

  private LlmErrors() {}

  /** Whether another provider or model may be asked the same: it is not the request's own fault. */
  static boolean isProvidersFault(JobError error) {
    return error.retryable() || error.equals(AUTH) || error.equals(MODEL_NOT_FOUND);
  }
}
