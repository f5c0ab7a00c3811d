package dev.promptlab.jobs;

import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** What a worker gets when it asks for a job. */
public sealed interface Claim {

  /**
   * The job is this delivery's until its lease ends.
   *
   * @param attempts LLM calls started, the one that this claim is for included
   */
  record Claimed(
      UUID jobId,
      String account,
      boolean shared,
      String templateId,
      int templateVersion,
      Provider provider,
      InputHash inputHash,
      GenerationInput input,
      int attempts,
      Instant createdAt,
      Instant startedAt)
      implements Claim {}

  /** Another delivery holds it. */
  record Leased(Duration remaining) implements Claim {}

  /**
   * It has ended, perhaps just now because its deadline had passed or its attempts were used up.
   */
  record Ended() implements Claim {}

  /** No such job. */
  record Missing() implements Claim {}
}
