package dev.promptlab.jobs;

import dev.promptlab.accounts.Caller;
import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.Provider;
import dev.promptlab.pricing.UsdAmount;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One generation, from acceptance to its end. Times are the database's.
 *
 * @param account whose request made it
 * @param shared whether whoever holds its id may see it; else its account alone
 * @param attempts LLM calls started
 * @param generation once completed; without its output if that is erased, or was not asked for
 * @param erased whether input and output are gone for good
 * @param cost of its LLM calls, as far as it is known
 * @param error once failed
 * @param cacheableUntil until when it answers equal requests; empty: never
 */
public record Job(
    UUID jobId,
    JobStatus status,
    String account,
    boolean shared,
    String templateId,
    int templateVersion,
    Provider provider,
    InputHash inputHash,
    int attempts,
    Optional<Generation> generation,
    boolean erased,
    Optional<UsdAmount> cost,
    Optional<JobError> error,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> completedAt,
    Optional<Instant> cacheableUntil) {

  /** One that has not ended: a new one, or the equal one that it has joined. */
  public static Job open(
      NewJob job,
      UUID jobId,
      JobStatus status,
      int attempts,
      Instant createdAt,
      Optional<Instant> startedAt) {
    return new Job(
        jobId,
        status,
        job.account(),
        job.shared(),
        job.templateId(),
        job.templateVersion(),
        job.provider(),
        job.inputHash(),
        attempts,
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        createdAt,
        startedAt,
        Optional.empty(),
        Optional.empty());
  }

  public boolean visibleTo(Caller caller) {
    return shared || ownedBy(caller);
  }

  /** Whether what only its account and admins may know, such as its cost, may be shown. */
  public boolean ownedBy(Caller caller) {
    return account.equals(caller.account()) || caller.admin();
  }

  /** What the cache keeps of it; empty if it may not answer equal requests. */
  public Optional<CachedResult> cachedResult() {
    return generation
        .filter(Generation::reusable)
        .flatMap(
            result ->
                cacheableUntil.map(
                    until ->
                        new CachedResult(
                            jobId,
                            inputHash,
                            account,
                            templateId,
                            templateVersion,
                            provider,
                            result,
                            cost.orElse(UsdAmount.ZERO),
                            attempts,
                            createdAt,
                            startedAt.orElse(createdAt),
                            completedAt.orElse(createdAt),
                            until)));
  }
}
