package dev.promptlab.jobs;

import dev.promptlab.cache.InputHash;
import dev.promptlab.epoch.Committed;
import dev.promptlab.paging.Page;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * The truth about jobs, for those who ask for them. Each call is atomic, and safe to repeat with
 * the same arguments. All of them throw {@link dev.promptlab.rdsdata.DatabaseUnavailableException}.
 * Thread-safe.
 */
public interface JobStore {

  /**
   * Makes a job of a request, unless an active or completed equal job answers it: equal requests
   * make one job.
   */
  Acceptance accept(NewJob job);

  Optional<Job> find(UUID jobId);

  /** The completed job whose result answers an input now, if there is one. */
  Optional<UUID> reusable(InputHash hash, Optional<Duration> maxAge);

  /** What {@link #accept} would say of an idempotency key that has been used before. */
  Optional<Acceptance> repeated(String account, NewJob.Idempotency idempotency);

  /** A page of the jobs that an account made or joined, without outputs, the newest first. */
  Page<ListedJob> list(String account, JobFilter filter, int limit);

  /**
   * Withdraws an account from a job, which is cancelled if it waits and nobody else is left.
   *
   * @param request names the request: a repeat under the same name has the same outcome
   */
  Withdrawal withdraw(UUID jobId, String account, String request);

  /** What came of {@link #withdraw}. */
  enum Withdrawal {
    CANCELLED,
    /** Others still wait for it. */
    WITHDRAWN,
    /** It is being processed, or has ended. */
    NOT_CANCELLABLE,
    /** The account neither made nor joined it. */
    NOT_CALLER,
    MISSING
  }

  /**
   * Forgets what a job was asked and what it answered, for good; empty if there is no such job. A
   * queued job is cancelled, one that is being processed will keep no output.
   */
  Optional<Committed<InputHash>> erase(UUID jobId);
}
