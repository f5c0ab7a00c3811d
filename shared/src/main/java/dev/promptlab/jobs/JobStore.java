package dev.promptlab.jobs;

import dev.promptlab.generation.Generation;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * The truth about jobs. Each call is atomic, and safe to repeat with the same arguments. All of
 * them throw {@link JobStoreUnavailableException}. Thread-safe.
 */
public interface JobStore {

  /**
   * Makes a job of a request, unless an active or completed equal job answers it: equal requests
   * make one job.
   */
  Acceptance accept(NewJob job);

  Optional<Job> find(UUID jobId);

  /**
   * Takes a job for one delivery of its message. Ends it instead if its deadline has passed or its
   * attempts are used up.
   *
   * @param token random, of this delivery alone: only its holder can end the job
   */
  Claim claim(UUID jobId, UUID token, Duration lease, int maxAttempts);

  /**
   * Ends a job with its result.
   *
   * @param cacheTtl how long it answers equal requests; empty: never
   * @return empty if the token is not the lease's any more: nothing was written
   */
  Optional<Completion> complete(
      UUID jobId, UUID token, Generation result, Optional<Duration> cacheTtl);

  /** Ends a job as failed; false if the token is not the lease's any more. */
  boolean fail(UUID jobId, UUID token, JobError error);

  /**
   * Gives a job back, to be claimed by a later delivery; false if the token is not the lease's any
   * more.
   *
   * @param delay until that delivery comes; well after it the sweeper sends the job again
   */
  boolean release(UUID jobId, UUID token, Duration delay);

  /**
   * One step of the sweep: ends jobs past their deadline and finds those that should have been
   * claimed by now.
   *
   * @param limit of each of the two
   */
  SweepReport sweep(int limit);
}
