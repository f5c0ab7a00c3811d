package dev.promptlab.jobs;

import java.util.Optional;
import java.util.UUID;

/**
 * Which jobs of an account are wanted.
 *
 * @param after where the page before ended
 */
public record JobFilter(
    Optional<JobStatus> status, Optional<String> templateId, Optional<Position> after) {

  /**
   * A place in the list, which stays the same while jobs are added.
   *
   * @param addedMicros when the account asked for the job, in microseconds since the epoch
   */
  public record Position(long addedMicros, UUID jobId) {}
}
