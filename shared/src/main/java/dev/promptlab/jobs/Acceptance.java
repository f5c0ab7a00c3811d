package dev.promptlab.jobs;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** What became of a {@link NewJob}. */
public sealed interface Acceptance {

  /** It is a job now, to be sent to the queue. */
  record Queued(UUID jobId, Instant createdAt) implements Acceptance {}

  /** An equal job is active; it answers this request too. */
  record Joined(
      UUID jobId, JobStatus status, int attempts, Instant createdAt, Optional<Instant> startedAt)
      implements Acceptance {}

  /** An equal job has completed, and its result may still be used. */
  record Reused(UUID jobId) implements Acceptance {}

  /** The job that its idempotency key has made before, whatever has become of it. */
  record Repeated(UUID jobId) implements Acceptance {}

  /** Its idempotency key has been used with another body; nothing was made. */
  record Conflict() implements Acceptance {}

  /** It could cost more than is left of a daily budget; nothing was made. */
  record OverBudget(Cap cap) implements Acceptance {}

  /** Whose budget. */
  enum Cap {
    ACCOUNT,
    DEPLOYMENT
  }
}
