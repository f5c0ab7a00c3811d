package dev.promptlab.jobs;

import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.pricing.UsdAmount;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * A request that no cached result answered.
 *
 * @param jobId the id that it gets if it becomes a job; made by the caller, so that a repeat is
 *     recognised
 * @param keyId the key that the request came with
 * @param idempotency what makes a repeat of the request, by its sender, the same job
 * @param costBound what the job may cost at most
 * @param deadline from acceptance to its end
 */
public record NewJob(
    UUID jobId,
    String account,
    Optional<UUID> keyId,
    boolean shared,
    String templateId,
    int templateVersion,
    Provider provider,
    InputHash inputHash,
    GenerationInput input,
    Reuse reuse,
    Optional<Idempotency> idempotency,
    UsdAmount costBound,
    Duration deadline) {

  /**
   * What earlier and other requests have to do with it.
   *
   * @param lookup whether an earlier result, or a job in flight, may answer it
   * @param store whether its result may answer others
   * @param maxAge of an earlier result, in whole seconds; empty: any
   */
  public record Reuse(boolean lookup, boolean store, Optional<Duration> maxAge) {
    /** What a request gets that says nothing of it. */
    public static final Reuse USUAL = new Reuse(true, true, Optional.empty());
  }

  /**
   * A sender's name for a request; kept for 24 hours.
   *
   * @param key of 1 to 128 characters, unique for its account
   * @param bodySha256 hex; another one under the same key is a conflict
   */
  public record Idempotency(String key, String bodySha256) {}
}
