package dev.promptlab.generate;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.JobStatus;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** A job as callers see it. Fields that do not apply (yet) are absent. */
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
    Optional<JobError> error,
    int attempts,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> completedAt) {

  static JobBody of(Job job, boolean cached, boolean coalesced) {
    return new JobBody(
        job.jobId(),
        job.status().wireName(),
        cached,
        coalesced,
        job.templateId(),
        job.templateVersion(),
        job.provider().wireName(),
        job.generation().map(Generation::model),
        job.inputHash().hex(),
        job.generation().map(Generation::output),
        job.generation().map(generation -> generation.finishReason().wireName()),
        job.generation().map(Generation::usage),
        job.error(),
        job.attempts(),
        job.createdAt(),
        job.startedAt(),
        job.completedAt());
  }

  static JobBody of(CachedResult result) {
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
        Optional.empty(),
        result.attempts(),
        result.createdAt(),
        Optional.of(result.startedAt()),
        Optional.of(result.completedAt()));
  }
}
