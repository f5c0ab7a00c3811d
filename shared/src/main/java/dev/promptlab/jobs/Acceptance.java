package dev.promptlab.jobs;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** What became of a {@link NewJob}. */
public sealed interface Acceptance {
  UUID jobId();

  /** It is a job now, to be sent to the queue. */
  record Queued(UUID jobId, Instant createdAt) implements Acceptance {}

  /** An equal job is active; it answers this request too. */
  record Joined(
      UUID jobId, JobStatus status, int attempts, Instant createdAt, Optional<Instant> startedAt)
      implements Acceptance {}

  /** An equal job has completed, and its result may still be used. */
  record Reused(UUID jobId) implements Acceptance {}
}
