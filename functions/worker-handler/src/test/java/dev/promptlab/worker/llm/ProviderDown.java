package dev.promptlab.worker.llm;

import dev.promptlab.jobs.JobError;

/** What a provider that is down comes to, for tests outside of this package. */
public final class ProviderDown {
  public static final JobError ERROR = LlmErrors.UNAVAILABLE;

  private ProviderDown() {}
}
