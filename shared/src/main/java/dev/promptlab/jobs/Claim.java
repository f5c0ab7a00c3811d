package dev.promptlab.jobs;

import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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
      implements Claim {

    /** The same for no call, as its answer is there already. */
    public Claimed withoutCall() {
      return new Claimed(
          jobId,
          account,
          shared,
          templateId,
          templateVersion,
          provider,
          inputHash,
          input,
          attempts - 1,
          createdAt,
          startedAt);
    }

    /** The job that it has become, with an answer. */
    public Job completed(PaidAnswer answer, Completion completion) {
      return new Job(
          jobId,
          JobStatus.COMPLETED,
          account,
          shared,
          templateId,
          templateVersion,
          provider,
          inputHash,
          attempts,
          Optional.of(answer.generation()),
          false,
          Optional.of(answer.cost()),
          Optional.empty(),
          createdAt,
          Optional.of(startedAt),
          Optional.of(completion.completedAt()),
          completion.cacheableUntil());
    }
  }

  /**
   * The job is this delivery's, but no call may be made for it any more: it ends with the answer of
   * an earlier one, if that was {@linkplain ParkedAnswers parked}, or fails.
   */
  record Exhausted(Claimed job) implements Claim {}

  /** Another delivery holds it. */
  record Leased(Duration remaining) implements Claim {}

  /** It has ended, perhaps just now because its deadline had passed. */
  record Ended() implements Claim {}

  /** No such job. */
  record Missing() implements Claim {}
}
