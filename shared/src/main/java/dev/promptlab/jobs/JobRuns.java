package dev.promptlab.jobs;

import dev.promptlab.generation.Generation;
import dev.promptlab.pricing.UsdAmount;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * The truth about jobs, for those who run them. Each call is atomic, and safe to repeat with the
 * same arguments. All of them throw {@link dev.promptlab.rdsdata.DatabaseUnavailableException}.
 * Thread-safe.
 */
public interface JobRuns {

  /**
   * Takes a job for one delivery of its message, and counts the call that is going to be made. Ends
   * it instead if its deadline has passed.
   *
   * @param token random, of this delivery alone: only its holder can end the job
   */
  Claim claim(UUID jobId, UUID token, Duration lease, int maxAttempts);

  /**
   * Takes back that a claim has counted a call, as none is made for it. Does nothing if the token
   * is not the lease's any more.
   */
  void uncount(UUID jobId, UUID token);

  /**
   * Ends a job with its result.
   *
   * @param cost of the call; spent whether the result is written or not
   * @param cacheTtl how long it answers equal requests; empty: never
   * @return empty if the token is not the lease's any more: the result was not written
   */
  Optional<Completion> complete(
      UUID jobId, UUID token, Generation result, UsdAmount cost, Optional<Duration> cacheTtl);

  /**
   * Ends a job as failed; false if the token is not the lease's any more.
   *
   * @param cost of an answer that could not be used
   */
  boolean fail(UUID jobId, UUID token, JobError error, UsdAmount cost);

  /**
   * Gives a job back, to be claimed by a later delivery; well after that was due, the sweeper sends
   * the job again.
   *
   * @param delay until that delivery comes, by preference
   * @return when it is to come: after that delay, or at the job's deadline if that is nearer, as a
   *     claim then ends it; empty if the token is not the lease's any more
   */
  Optional<Duration> release(UUID jobId, UUID token, Duration delay);

  /** The same as {@link #release}, but no LLM was called: it was no attempt. */
  Optional<Duration> postpone(UUID jobId, UUID token, Duration delay);

  /**
   * One step of the sweep: ends jobs past their deadline and finds those that should have been
   * claimed by now.
   *
   * @param limit of each of the two
   */
  SweepReport sweep(int limit);

  /** How long until one of the jobs that have not ended should be seen to; empty: there is none. */
  Optional<Duration> nextSweep();

  /**
   * Forgets input and output of jobs that ended long ago, and whatever else is over.
   *
   * @param limit of jobs
   * @return how many jobs; if one of their results might still be cached somewhere, there is a
   *     change to be told to all instances
   */
  int eraseOld(int retentionDays, int limit);
}
