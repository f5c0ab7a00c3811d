package dev.promptlab.jobs;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.generation.Generation;
import dev.promptlab.pricing.UsdAmount;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job as {@link InMemoryJobStore} keeps it. Guarded by the store. */
final class InMemoryJob {
  final NewJob job;
  final Instant createdAt;
  final Map<String, Caller> callers = new HashMap<>();
  Instant sweepAt;
  JobStatus status = JobStatus.QUEUED;
  int attempts;
  int requests = 1;
  boolean reusable;
  boolean joinable;
  boolean erased;
  boolean claimedForCall;
  @Nullable UUID token;
  Instant leaseUntil = Instant.EPOCH;
  Optional<Instant> startedAt = Optional.empty();
  Optional<Instant> completedAt = Optional.empty();
  Optional<Instant> cacheableUntil = Optional.empty();
  Optional<Generation> generation = Optional.empty();
  Optional<UsdAmount> cost = Optional.empty();
  Optional<JobError> error = Optional.empty();

  InMemoryJob(NewJob job, Instant now) {
    this.job = job;
    this.createdAt = now;
    this.sweepAt = now.plus(InMemoryJobStore.SWEEP_AFTER);
    this.reusable = job.reuse().store();
    this.joinable = job.reuse().lookup() && job.reuse().store();
  }

  boolean pastDeadline(Instant now) {
    return !now.isBefore(createdAt.plus(job.deadline()));
  }

  boolean heldBy(UUID claimant) {
    return status == JobStatus.PROCESSING && claimant.equals(token);
  }

  void end(JobStatus last, Optional<JobError> reason, Instant now) {
    status = last;
    error = reason;
    completedAt = Optional.of(now);
  }

  /** Who asks for it. */
  static final class Caller {
    long position;
    @Nullable String withdrawnBy;
  }

  Job toJob() {
    return new Job(
        job.jobId(),
        status,
        job.account(),
        job.shared(),
        job.templateId(),
        job.templateVersion(),
        job.provider(),
        job.inputHash(),
        attempts,
        generation,
        erased,
        cost,
        error,
        createdAt,
        startedAt,
        completedAt,
        cacheableUntil);
  }

  /** As a list shows it: without the output. */
  Job listed() {
    Job job = toJob();
    return new Job(
        job.jobId(),
        job.status(),
        job.account(),
        job.shared(),
        job.templateId(),
        job.templateVersion(),
        job.provider(),
        job.inputHash(),
        job.attempts(),
        job.generation().map(it -> new Generation(it.model(), "", it.finishReason(), it.usage())),
        job.erased(),
        job.cost(),
        job.error(),
        job.createdAt(),
        job.startedAt(),
        job.completedAt(),
        job.cacheableUntil());
  }

  /** What a result of it would be, were it completed with something. */
  CachedResult asIfCompleted() {
    return new CachedResult(
        job.jobId(),
        job.inputHash(),
        job.account(),
        job.templateId(),
        job.templateVersion(),
        job.provider(),
        JobStoreFixture.generation("x"),
        UsdAmount.ZERO,
        1,
        createdAt,
        createdAt,
        createdAt,
        createdAt);
  }

  Claim.Claimed claimed() {
    return new Claim.Claimed(
        job.jobId(),
        job.account(),
        job.shared(),
        job.templateId(),
        job.templateVersion(),
        job.provider(),
        job.inputHash(),
        job.input(),
        attempts,
        createdAt,
        startedAt.orElseThrow());
  }
}
