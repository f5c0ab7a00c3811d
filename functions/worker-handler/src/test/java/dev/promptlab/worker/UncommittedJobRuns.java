package dev.promptlab.worker;

import dev.promptlab.generation.Generation;
import dev.promptlab.jobs.Claim;
import dev.promptlab.jobs.Completion;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.JobRuns;
import dev.promptlab.jobs.SweepReport;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.rdsdata.DatabaseUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** A database that answers until a job is to be ended. */
record UncommittedJobRuns(JobRuns jobs) implements JobRuns {
  @Override
  public Claim claim(UUID jobId, UUID token, Duration lease, int maxAttempts) {
    return jobs.claim(jobId, token, lease, maxAttempts);
  }

  @Override
  public void uncount(UUID jobId, UUID token) {
    jobs.uncount(jobId, token);
  }

  @Override
  public Optional<Completion> complete(
      UUID jobId, UUID token, Generation result, UsdAmount cost, Optional<Duration> cacheTtl) {
    throw gone();
  }

  @Override
  public boolean fail(UUID jobId, UUID token, JobError error, UsdAmount cost) {
    throw gone();
  }

  @Override
  public Optional<Duration> release(UUID jobId, UUID token, Duration delay) {
    throw gone();
  }

  @Override
  public Optional<Duration> postpone(UUID jobId, UUID token, Duration delay) {
    throw gone();
  }

  @Override
  public Optional<Duration> nextSweep() {
    throw gone();
  }

  @Override
  public SweepReport sweep(int limit) {
    throw gone();
  }

  @Override
  public int eraseOld(int retentionDays, int limit) {
    throw gone();
  }

  private static DatabaseUnavailableException gone() {
    return new DatabaseUnavailableException(new IllegalStateException("gone"));
  }
}
