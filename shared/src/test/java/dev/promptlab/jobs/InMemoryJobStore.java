package dev.promptlab.jobs;

import dev.promptlab.generation.Generation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job store without a database. */
public final class InMemoryJobStore implements JobStore {
  private static final Duration SWEEP_AFTER = Duration.ofSeconds(60);

  private final Map<UUID, Entry> entries = new HashMap<>();
  private final Clock clock;

  private static final class Entry {
    final NewJob job;
    final Instant createdAt;
    Instant sweepAt;
    JobStatus status = JobStatus.QUEUED;
    int attempts;
    @Nullable UUID token;
    Instant leaseUntil = Instant.EPOCH;
    Optional<Instant> startedAt = Optional.empty();
    Optional<Completion> completion = Optional.empty();
    Optional<Generation> generation = Optional.empty();
    Optional<JobError> error = Optional.empty();

    Entry(NewJob job, Instant now) {
      this.job = job;
      this.createdAt = now;
      this.sweepAt = now.plus(SWEEP_AFTER);
    }

    boolean pastDeadline(Instant now) {
      return !now.isBefore(createdAt.plus(job.deadline()));
    }

    boolean heldBy(UUID claimant) {
      return status == JobStatus.PROCESSING && claimant.equals(token);
    }

    void end(JobError reason, Instant now) {
      status = JobStatus.FAILED;
      error = Optional.of(reason);
      completion = Optional.of(new Completion(now, Optional.empty()));
    }
  }

  public InMemoryJobStore(Clock clock) {
    this.clock = clock;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  @Override
  public synchronized Acceptance accept(NewJob job) {
    List<Entry> equal =
        entries.values().stream()
            .filter(entry -> entry.job.inputHash().equals(job.inputHash()))
            .toList();
    Optional<Entry> reusable =
        equal.stream()
            .filter(entry -> entry.status == JobStatus.COMPLETED)
            .filter(
                entry ->
                    entry
                        .completion
                        .flatMap(Completion::cacheableUntil)
                        .filter(now()::isBefore)
                        .isPresent())
            .max(Comparator.comparing(entry -> entry.createdAt));
    if (reusable.isPresent()) {
      return new Acceptance.Reused(reusable.get().job.jobId());
    }
    Optional<Entry> active = equal.stream().filter(entry -> !entry.status.ended()).findFirst();
    if (active.isPresent() && !active.get().job.jobId().equals(job.jobId())) {
      Entry entry = active.get();
      return new Acceptance.Joined(
          entry.job.jobId(), entry.status, entry.attempts, entry.createdAt, entry.startedAt);
    }
    Entry entry = entries.computeIfAbsent(job.jobId(), _ -> new Entry(job, now()));
    return new Acceptance.Queued(job.jobId(), entry.createdAt);
  }

  @Override
  public synchronized Optional<Job> find(UUID jobId) {
    return Optional.ofNullable(entries.get(jobId))
        .map(
            entry ->
                new Job(
                    jobId,
                    entry.status,
                    entry.job.account(),
                    entry.job.shared(),
                    entry.job.templateId(),
                    entry.job.templateVersion(),
                    entry.job.provider(),
                    entry.job.inputHash(),
                    entry.attempts,
                    entry.generation,
                    entry.error,
                    entry.createdAt,
                    entry.startedAt,
                    entry.completion.map(Completion::completedAt),
                    entry.completion.flatMap(Completion::cacheableUntil)));
  }

  @Override
  public synchronized Claim claim(UUID jobId, UUID token, Duration lease, int maxAttempts) {
    Entry entry = entries.get(jobId);
    Instant now = now();
    if (entry == null) {
      return new Claim.Missing();
    }
    if (entry.status.ended()) {
      return new Claim.Ended();
    }
    if (!entry.heldBy(token)) {
      if (entry.status == JobStatus.PROCESSING && entry.leaseUntil.isAfter(now)) {
        return new Claim.Leased(Duration.between(now, entry.leaseUntil));
      }
      if (entry.pastDeadline(now)) {
        entry.end(new JobError("deadline-exceeded", "", true), now);
        return new Claim.Ended();
      }
      if (entry.attempts >= maxAttempts) {
        entry.end(new JobError("retries-exhausted", "", true), now);
        return new Claim.Ended();
      }
      entry.status = JobStatus.PROCESSING;
      entry.attempts++;
      entry.token = token;
      entry.leaseUntil = now.plus(lease);
      entry.sweepAt = entry.leaseUntil;
      entry.startedAt = entry.startedAt.or(() -> Optional.of(now));
    }
    NewJob job = entry.job;
    return new Claim.Claimed(
        jobId,
        job.account(),
        job.shared(),
        job.templateId(),
        job.templateVersion(),
        job.provider(),
        job.inputHash(),
        job.input(),
        entry.attempts,
        entry.createdAt,
        entry.startedAt.orElseThrow());
  }

  @Override
  public synchronized Optional<Completion> complete(
      UUID jobId, UUID token, Generation result, Optional<Duration> cacheTtl) {
    Entry entry = entry(jobId);
    if (entry.heldBy(token)) {
      entry.status = JobStatus.COMPLETED;
      entry.generation = Optional.of(result);
      entry.completion = Optional.of(new Completion(now(), cacheTtl.map(now()::plus)));
    }
    return entry.status == JobStatus.COMPLETED && token.equals(entry.token)
        ? entry.completion
        : Optional.empty();
  }

  @Override
  public synchronized boolean fail(UUID jobId, UUID token, JobError error) {
    Entry entry = entry(jobId);
    if (!entry.heldBy(token)) {
      return false;
    }
    entry.end(error, now());
    return true;
  }

  @Override
  public synchronized boolean release(UUID jobId, UUID token, Duration delay) {
    Entry entry = entry(jobId);
    if (!entry.heldBy(token)) {
      return false;
    }
    entry.status = JobStatus.QUEUED;
    entry.token = null;
    entry.sweepAt = now().plus(delay).plus(SWEEP_AFTER);
    return true;
  }

  @Override
  public synchronized SweepReport sweep(int limit) {
    Instant now = now();
    List<UUID> due = new ArrayList<>();
    List<UUID> expired = new ArrayList<>();
    for (Entry entry : entries.values()) {
      boolean free = entry.status == JobStatus.QUEUED || !entry.leaseUntil.isAfter(now);
      if (entry.status.ended() || entry.sweepAt.isAfter(now) || !free) {
        continue;
      }
      if (entry.pastDeadline(now)) {
        entry.end(new JobError("deadline-exceeded", "", true), now);
        expired.add(entry.job.jobId());
      } else {
        entry.sweepAt = now.plus(Duration.ofMinutes(5));
        due.add(entry.job.jobId());
      }
    }
    return new SweepReport(due, expired);
  }

  private Entry entry(UUID jobId) {
    return Objects.requireNonNull(entries.get(jobId));
  }
}
