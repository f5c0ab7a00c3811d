package dev.promptlab.generate;

import dev.promptlab.accounts.Caller;
import dev.promptlab.cache.CachedResult;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.pricing.UsdAmount;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A job as callers see it. Fields that do not apply (yet) are absent; so is its cost for those who
 * do not bear it.
 */
record JobBody(
    UUID jobId,
    String status,
    boolean cached,
    boolean coalesced,
    String templateId,
    int templateVersion,
    String provider,
    Optional<String> model,
    String inputHash,
    Optional<String> output,
    Optional<String> finishReason,
    Optional<TokenUsage> usage,
    Optional<UsdAmount> costUsd,
    Optional<JobError> error,
    int attempts,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> completedAt) {

  static JobBody of(Job job, Caller viewer) {
    return of(job, viewer, !job.erased());
  }

  /** In a list: without its output. */
  static JobBody listed(Job job, Caller viewer) {
    return of(job, viewer, false);
  }

  JobBody asCached() {
    return with(true, coalesced);
  }

  JobBody asCoalesced() {
    return with(cached, true);
  }

  static JobBody of(CachedResult result, Caller viewer) {
    return new JobBody(
        result.jobId(),
        JobStatus.COMPLETED.wireName(),
        true,
        false,
        result.templateId(),
        result.templateVersion(),
        result.provider().wireName(),
        Optional.of(result.generation().model()),
        result.inputHash().hex(),
        Optional.of(result.generation().output()),
        Optional.of(result.generation().finishReason().wireName()),
        Optional.of(result.generation().usage()),
        Optional.of(result.cost())
            .filter(_ -> viewer.admin() || viewer.account().equals(result.account())),
        Optional.empty(),
        result.attempts(),
        result.createdAt(),
        Optional.of(result.startedAt()),
        Optional.of(result.completedAt()));
  }

  private static JobBody of(Job job, Caller viewer, boolean withOutput) {
    return new JobBody(
        job.jobId(),
        job.status().wireName(),
        false,
        false,
        job.templateId(),
        job.templateVersion(),
        job.provider().wireName(),
        job.generation().map(Generation::model),
        job.inputHash().hex(),
        job.generation().filter(_ -> withOutput).map(Generation::output),
        job.generation().map(generation -> generation.finishReason().wireName()),
        job.generation().map(Generation::usage),
        job.cost().filter(_ -> job.ownedBy(viewer)),
        job.error(),
        job.attempts(),
        job.createdAt(),
        job.startedAt(),
        job.completedAt());
  }

  private JobBody with(boolean nowCached, boolean nowCoalesced) {
    return new JobBody(
        jobId,
        status,
        nowCached,
        nowCoalesced,
        templateId,
        templateVersion,
        provider,
        model,
        inputHash,
        output,
        finishReason,
        usage,
        costUsd,
        error,
        attempts,
        createdAt,
        startedAt,
        completedAt);
  }
}
