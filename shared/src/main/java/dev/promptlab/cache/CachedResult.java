package dev.promptlab.cache;

import dev.promptlab.generation.Generation;
import dev.promptlab.generation.Provider;
import dev.promptlab.pricing.UsdAmount;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * The result of a completed job, enough to answer with.
 *
 * @param account whose request made the job
 * @param cost of the LLM call
 * @param createdAt of the job, by the database's clock: of two results for one input, the younger
 *     job's stands
 * @param cacheableUntil when it must be gone
 */
public record CachedResult(
    UUID jobId,
    InputHash inputHash,
    String account,
    String templateId,
    int templateVersion,
    Provider provider,
    Generation generation,
    UsdAmount cost,
    int attempts,
    Instant createdAt,
    Instant startedAt,
    Instant completedAt,
    Instant cacheableUntil) {
  /** Refuses what JSON with a missing field would make of it. */
  public CachedResult {
    Objects.requireNonNull(jobId, "jobId");
    Objects.requireNonNull(inputHash, "inputHash");
    Objects.requireNonNull(account, "account");
    Objects.requireNonNull(templateId, "templateId");
    Objects.requireNonNull(provider, "provider");
    Objects.requireNonNull(generation, "generation");
    Objects.requireNonNull(cost, "cost");
    Objects.requireNonNull(createdAt, "createdAt");
    Objects.requireNonNull(startedAt, "startedAt");
    Objects.requireNonNull(completedAt, "completedAt");
    Objects.requireNonNull(cacheableUntil, "cacheableUntil");
  }
}
