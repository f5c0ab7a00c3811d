package dev.promptlab.generate;

import dev.promptlab.accounts.Caller;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.JobWaits;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Holds an answer until a job has ended: {@code Prefer: wait}. Thread-safe. */
final class JobWaiting {
  private final JobStore jobs;
  private final JobWaits waits;

  JobWaiting(JobStore jobs, JobWaits waits) {
    this.jobs = jobs;
    this.waits = waits;
  }

  /**
   * Waits, but asks the database only before and after.
   *
   * @return the job as it is then; empty if it could not be waited for
   */
  Optional<Job> await(UUID jobId, Caller caller, String requestId, Duration atMost) {
    Optional<JobWaits.Wait> begun = waits.begin(jobId, caller.account(), requestId, atMost);
    if (begun.isEmpty()) {
      return Optional.empty();
    }
    try (JobWaits.Wait wait = begun.get()) {
      // It may have ended before the wait began.
      Optional<Job> job = jobs.find(jobId);
      if (job.isEmpty() || job.get().status().ended()) {
        return job;
      }
      wait.await(atMost);
      return jobs.find(jobId);
    }
  }

  /** The header that says that a wait was agreed to. */
  static String applied(Duration wait) {
    return "wait=" + wait.toSeconds();
  }
}
