package dev.promptlab.cache;

import dev.promptlab.generation.Generation;
import dev.promptlab.generation.Provider;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * The result of a completed job, enough to answer with.
 *
 * @param createdAt of the job, by the database's clock: of two results for one input, the younger
 *     job's stands
 * @param cacheableUntil when it must be gone
 */
public record CachedResult(
    UUID jobId,
    InputHash inputHash,
    String templateId,
    int templateVersion,
    Provider provider,
    Generation generation,
    int attempts,
    Instant createdAt,
    Instant startedAt,
    Instant completedAt,
    Instant cacheableUntil) {
  /** Refuses what JSON with a missing field would make of it. */
  public CachedResult {
    Objects.requireNonNull(jobId, "jobId");
    Objects.requireNonNull(inputHash, "inputHash");
    Objects.requireNonNull(templateId, "templateId");
    Objects.requireNonNull(provider, "provider");
    Objects.requireNonNull(generation, "generation");
    Objects.requireNonNull(createdAt, "createdAt");
    Objects.requireNonNull(startedAt, "startedAt");
    Objects.requireNonNull(completedAt, "completedAt");
    Objects.requireNonNull(cacheableUntil, "cacheableUntil");
  }
}
