package dev.promptlab.generate;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.jobs.Job;

/** How a generate request that was not refused is answered. */
sealed interface GenerateOutcome {
  /** With the result of an earlier job. */
  record Hit(CachedResult result) implements GenerateOutcome {}

  /** With a job that has just been queued. */
  record Queued(Job job) implements GenerateOutcome {}

  /** With an equal job that is in flight already. */
  record Joined(Job job) implements GenerateOutcome {}

  /** With the job that its idempotency key has made before. */
  record Repeated(Job job) implements GenerateOutcome {}

  /** Only an earlier result was wanted, and there is none. */
  record NotCached() implements GenerateOutcome {}
}
