package dev.promptlab.jobs;

import dev.promptlab.cache.InMemoryInvalidationStore;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.Invalidation;
import dev.promptlab.cache.Invalidations;
import dev.promptlab.epoch.Committed;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.paging.Page;
import dev.promptlab.pricing.UsdAmount;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** A job store without a database. */
public final class InMemoryJobStore implements JobStore, JobRuns {
  static final Duration SWEEP_AFTER = Duration.ofSeconds(60);

  private final Map<UUID, InMemoryJob> entries = new LinkedHashMap<>();
  private final Map<List<String>, Named> idempotency = new HashMap<>();
  private final Map<String, UsdAmount> spent = new HashMap<>();
  private final Map<String, UsdAmount> budgets = new HashMap<>();
  private final InMemoryInvalidationStore invalidations;
  private final Clock clock;
  private long changes;
  private long sequence;
  private Runnable beforeNextFind = () -> {};

  private record Named(String bodySha256, UUID jobId, Instant expiresAt) {}

  public InMemoryJobStore(Clock clock, InMemoryInvalidationStore invalidations) {
    this.clock = clock;
    this.invalidations = invalidations;
    invalidations.onInvalidation(this::invalidate);
  }

  public InMemoryJobStore(Clock clock) {
    this(clock, new InMemoryInvalidationStore(clock));
  }

  /** Caps what an account may spend; the deployment is the account {@code ""}. */
  public synchronized void setBudget(String account, UsdAmount budget) {
    budgets.put(account, budget);
  }

  /** What another request does just before the next one looks for a job. */
  public synchronized void beforeNextFind(Runnable other) {
    beforeNextFind = other;
  }

  public synchronized UsdAmount spent(String account) {
    return spent.getOrDefault(account, UsdAmount.ZERO);
  }

  /** Lets days pass since a job's end. */
  synchronized void endedDaysAgo(UUID jobId, int days) {
    entry(jobId).completedAt = Optional.of(now().minus(Duration.ofDays(days)));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  @Override
  public synchronized Acceptance accept(NewJob job) {
    Optional<Acceptance> named =
        job.idempotency()
            .flatMap(it -> repeated(job.account(), it))
            .filter(it -> !it.equals(new Acceptance.Repeated(job.jobId())));
    if (named.isPresent()) {
      return named.get();
    }
    Acceptance acceptance = decide(job);
    UUID jobId =
        switch (acceptance) {
          case Acceptance.Queued queued -> queued.jobId();
          case Acceptance.Joined joined -> joined.jobId();
          case Acceptance.Reused reused -> reused.jobId();
          default -> null;
        };
    if (jobId != null) {
      job.idempotency()
          .ifPresent(
              it ->
                  idempotency.put(
                      List.of(job.account(), it.key()),
                      new Named(it.bodySha256(), jobId, now().plus(Duration.ofHours(24)))));
      if (!(acceptance instanceof Acceptance.Reused)) {
        InMemoryJob.Caller caller =
            Objects.requireNonNull(entries.get(jobId))
                .callers
                .computeIfAbsent(job.account(), _ -> new InMemoryJob.Caller());
        caller.withdrawnBy = null;
        caller.position = caller.position == 0 ? ++sequence : caller.position;
      }
    }
    return acceptance;
  }

  private Acceptance decide(NewJob job) {
    InMemoryJob same = entries.get(job.jobId());
    if (same != null) {
      return new Acceptance.Queued(job.jobId(), same.createdAt);
    }
    if (job.reuse().lookup()) {
      Optional<UUID> reusable = reusable(job.inputHash(), job.reuse().maxAge());
      if (reusable.isPresent()) {
        return new Acceptance.Reused(reusable.get());
      }
      Optional<InMemoryJob> active =
          job.reuse().store()
              ? entries.values().stream()
                  .filter(entry -> entry.joinable && !entry.status.ended())
                  .filter(entry -> entry.job.inputHash().equals(job.inputHash()))
                  .findFirst()
              : Optional.empty();
      if (active.isPresent()) {
        InMemoryJob entry = active.get();
        entry.requests++;
        return new Acceptance.Joined(
            entry.job.jobId(), entry.status, entry.attempts, entry.createdAt, entry.startedAt);
      }
    }
    if (exceeds(job, job.account())) {
      return new Acceptance.OverBudget(Acceptance.Cap.ACCOUNT);
    }
    if (exceeds(job, "")) {
      return new Acceptance.OverBudget(Acceptance.Cap.DEPLOYMENT);
    }
    InMemoryJob entry = new InMemoryJob(job, now());
    entries.put(job.jobId(), entry);
    return new Acceptance.Queued(job.jobId(), entry.createdAt);
  }

  private boolean exceeds(NewJob job, String payer) {
    UsdAmount budget = budgets.get(payer);
    UsdAmount total =
        entries.values().stream()
            .filter(entry -> !entry.status.ended())
            .filter(entry -> payer.isEmpty() || entry.job.account().equals(payer))
            .map(entry -> entry.job.costBound())
            .reduce(spent(payer).plus(job.costBound()), UsdAmount::plus);
    return budget != null && total.compareTo(budget) > 0;
  }

  @Override
  public synchronized Optional<UUID> reusable(InputHash hash, Optional<Duration> maxAge) {
    Instant now = now();
    return entries.values().stream()
        .filter(entry -> entry.job.inputHash().equals(hash))
        .filter(entry -> entry.reusable && entry.status == JobStatus.COMPLETED)
        .filter(entry -> entry.cacheableUntil.filter(now::isBefore).isPresent())
        .filter(
            entry ->
                maxAge
                    .filter(most -> entry.completedAt.orElseThrow().plus(most).isBefore(now))
                    .isEmpty())
        .filter(entry -> !invalidated(entry))
        .max(Comparator.comparing(entry -> entry.createdAt))
        .map(entry -> entry.job.jobId());
  }

  /** Completed jobs of an input whose results may be reused, expired or not, the youngest first. */
  synchronized List<Job> completed(InputHash hash) {
    return entries.values().stream()
        .filter(entry -> entry.job.inputHash().equals(hash))
        .filter(entry -> entry.reusable && entry.status == JobStatus.COMPLETED)
        .filter(entry -> entry.cacheableUntil.isPresent() && !invalidated(entry))
        .map(InMemoryJob::toJob)
        .toList()
        // As they were made: two may have the same time here.
        .reversed();
  }

  synchronized Optional<GenerationInput> input(UUID jobId) {
    return Optional.ofNullable(entries.get(jobId))
        .filter(entry -> !entry.erased)
        .map(entry -> entry.job.input());
  }

  private boolean invalidated(InMemoryJob entry) {
    return entry.toJob().cachedResult().filter(invalidations.current()::cover).isPresent();
  }

  private synchronized long invalidate(Invalidation row) {
    Invalidations only = new Invalidations(List.of(row));
    long live = 0;
    for (InMemoryJob entry : entries.values()) {
      if (!only.cover(entry.asIfCompleted())) {
        continue;
      }
      if (reusable(entry.job.inputHash(), Optional.empty())
          .filter(entry.job.jobId()::equals)
          .isPresent()) {
        live++;
      } else if (!entry.status.ended()) {
        entry.reusable = false;
        entry.joinable = false;
      }
    }
    return live;
  }

  @Override
  public synchronized Optional<Acceptance> repeated(String account, NewJob.Idempotency name) {
    return Optional.ofNullable(idempotency.get(List.of(account, name.key())))
        .filter(named -> now().isBefore(named.expiresAt()))
        .map(
            named ->
                named.bodySha256().equals(name.bodySha256())
                    ? new Acceptance.Repeated(named.jobId())
                    : new Acceptance.Conflict());
  }

  @Override
  public synchronized Optional<Job> find(UUID jobId) {
    Runnable before = beforeNextFind;
    beforeNextFind = () -> {};
    before.run();
    return Optional.ofNullable(entries.get(jobId)).map(InMemoryJob::toJob);
  }

  @Override
  public synchronized Page<ListedJob> list(String account, JobFilter filter, int limit) {
    record Mine(InMemoryJob entry, long position) {}
    List<ListedJob> found =
        entries.values().stream()
            .filter(entry -> entry.callers.containsKey(account))
            .map(
                entry ->
                    new Mine(entry, Objects.requireNonNull(entry.callers.get(account)).position))
            .filter(mine -> filter.status().filter(it -> it != mine.entry().status).isEmpty())
            .filter(
                mine ->
                    filter
                        .templateId()
                        .filter(it -> !it.equals(mine.entry().job.templateId()))
                        .isEmpty())
            .filter(
                mine -> filter.after().filter(it -> mine.position() >= it.addedMicros()).isEmpty())
            .sorted(Comparator.comparingLong(Mine::position).reversed())
            .limit(limit + 1L)
            .map(
                mine ->
                    new ListedJob(
                        mine.entry().listed(),
                        new JobFilter.Position(mine.position(), mine.entry().job.jobId())))
            .toList();
    return Page.of(found, limit);
  }

  @Override
  public synchronized Withdrawal withdraw(UUID jobId, String account, String request) {
    InMemoryJob entry = entries.get(jobId);
    if (entry == null) {
      return Withdrawal.MISSING;
    }
    InMemoryJob.Caller caller = entry.callers.get(account);
    if (caller == null) {
      return Withdrawal.NOT_CALLER;
    }
    boolean repeat = entry.status == JobStatus.CANCELLED && request.equals(caller.withdrawnBy);
    if (entry.status != JobStatus.QUEUED && !repeat) {
      return Withdrawal.NOT_CANCELLABLE;
    }
    caller.withdrawnBy = request;
    if (entry.callers.values().stream().anyMatch(it -> it.withdrawnBy == null)) {
      return Withdrawal.WITHDRAWN;
    }
    if (!repeat) {
      entry.end(JobStatus.CANCELLED, Optional.empty(), now());
    }
    return Withdrawal.CANCELLED;
  }

  @Override
  public synchronized Optional<Committed<InputHash>> erase(UUID jobId) {
    InMemoryJob entry = entries.get(jobId);
    if (entry == null) {
      return Optional.empty();
    }
    erase(entry);
    return Optional.of(new Committed<>(entry.job.inputHash(), ++changes));
  }

  private void erase(InMemoryJob entry) {
    invalidations.add(entry.job.inputHash(), entry.createdAt);
    entry.erased = true;
    entry.reusable = false;
    entry.joinable = false;
    entry.cacheableUntil = Optional.empty();
    entry.generation =
        entry.generation.map(it -> new Generation(it.model(), "", it.finishReason(), it.usage()));
    if (entry.status == JobStatus.QUEUED) {
      entry.end(JobStatus.CANCELLED, Optional.empty(), now());
    }
  }

  @Override
  public synchronized Claim claim(UUID jobId, UUID token, Duration lease, int maxAttempts) {
    InMemoryJob entry = entries.get(jobId);
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
      if (entry.erased) {
        entry.end(JobStatus.CANCELLED, Optional.empty(), now);
        return new Claim.Ended();
      }
      if (entry.pastDeadline(now)) {
        entry.end(JobStatus.FAILED, error("deadline-exceeded"), now);
        return new Claim.Ended();
      }
      entry.claimedForCall = entry.attempts < maxAttempts;
      entry.attempts += entry.claimedForCall ? 1 : 0;
      entry.status = JobStatus.PROCESSING;
      entry.token = token;
      entry.leaseUntil = now.plus(lease);
      entry.sweepAt = entry.leaseUntil;
      entry.startedAt = entry.startedAt.or(() -> Optional.of(now));
    }
    return entry.claimedForCall ? entry.claimed() : new Claim.Exhausted(entry.claimed());
  }

  @Override
  public synchronized void uncount(UUID jobId, UUID token) {
    InMemoryJob entry = entry(jobId);
    if (entry.heldBy(token) && entry.claimedForCall) {
      entry.claimedForCall = false;
      entry.attempts--;
    }
  }

  private static Optional<JobError> error(String code) {
    return Optional.of(new JobError(code, "", true));
  }

  @Override
  public synchronized Optional<Completion> complete(
      UUID jobId, UUID token, Generation result, UsdAmount cost, Optional<Duration> cacheTtl) {
    InMemoryJob entry = entry(jobId);
    boolean repeat = entry.status == JobStatus.COMPLETED && token.equals(entry.token);
    if (!repeat) {
      spend(entry.job.account(), cost);
    }
    if (entry.heldBy(token)) {
      Instant now = now();
      entry.end(JobStatus.COMPLETED, Optional.empty(), now);
      entry.generation =
          Optional.of(
              entry.erased
                  ? new Generation(result.model(), "", result.finishReason(), result.usage())
                  : result);
      entry.cost = Optional.of(cost);
      entry.cacheableUntil = cacheTtl.filter(_ -> entry.reusable).map(now::plus);
      if (invalidated(entry)) {
        entry.cacheableUntil = Optional.empty();
      }
    }
    return entry.status == JobStatus.COMPLETED && token.equals(entry.token)
        ? Optional.of(
            new Completion(entry.completedAt.orElseThrow(), entry.cacheableUntil, entry.requests))
        : Optional.empty();
  }

  @Override
  public synchronized boolean fail(UUID jobId, UUID token, JobError error, UsdAmount cost) {
    InMemoryJob entry = entry(jobId);
    boolean repeat = entry.status == JobStatus.FAILED && token.equals(entry.token);
    if (!repeat) {
      spend(entry.job.account(), cost);
    }
    if (entry.heldBy(token)) {
      entry.end(JobStatus.FAILED, Optional.of(error), now());
      entry.cost = Optional.of(cost).filter(it -> it.nanos() > 0);
      return true;
    }
    return repeat;
  }

  private void spend(String account, UsdAmount cost) {
    spent.merge(account, cost, UsdAmount::plus);
    spent.merge("", cost, UsdAmount::plus);
  }

  @Override
  public synchronized Optional<Duration> release(UUID jobId, UUID token, Duration delay) {
    InMemoryJob entry = entry(jobId);
    if (!entry.heldBy(token)) {
      return Optional.empty();
    }
    Instant now = now();
    Instant deadline = entry.createdAt.plus(entry.job.deadline());
    entry.status = JobStatus.QUEUED;
    entry.token = null;
    Instant sweepAt = now.plus(delay).plus(SWEEP_AFTER);
    entry.sweepAt = sweepAt.isBefore(deadline) ? sweepAt : deadline;
    Duration left = now.isBefore(deadline) ? Duration.between(now, deadline) : Duration.ZERO;
    return Optional.of(delay.compareTo(left) < 0 ? delay : left);
  }

  @Override
  public synchronized Optional<Duration> postpone(UUID jobId, UUID token, Duration delay) {
    Optional<Duration> wait = release(jobId, token, delay);
    if (wait.isPresent()) {
      InMemoryJob entry = entry(jobId);
      entry.attempts--;
      entry.startedAt = entry.attempts > 0 ? entry.startedAt : Optional.empty();
    }
    return wait;
  }

  @Override
  public synchronized Optional<Duration> nextSweep() {
    return entries.values().stream()
        .filter(entry -> !entry.status.ended())
        .map(entry -> entry.sweepAt)
        .min(Comparator.naturalOrder())
        .map(at -> at.isBefore(now()) ? Duration.ZERO : Duration.between(now(), at));
  }

  @Override
  public synchronized SweepReport sweep(int limit) {
    Instant now = now();
    List<UUID> due = new ArrayList<>();
    List<UUID> expired = new ArrayList<>();
    for (InMemoryJob entry : entries.values()) {
      boolean free = entry.status == JobStatus.QUEUED || !entry.leaseUntil.isAfter(now);
      if (entry.status.ended() || entry.sweepAt.isAfter(now) || !free) {
        continue;
      }
      if (entry.pastDeadline(now)) {
        entry.end(JobStatus.FAILED, error("deadline-exceeded"), now);
        expired.add(entry.job.jobId());
      } else {
        entry.sweepAt = now.plus(Duration.ofMinutes(5));
        due.add(entry.job.jobId());
      }
    }
    return new SweepReport(due, expired);
  }

  @Override
  public synchronized int eraseOld(int retentionDays, int limit) {
    Instant oldest = now().minus(Duration.ofDays(retentionDays));
    List<InMemoryJob> old =
        entries.values().stream()
            .filter(entry -> !entry.erased)
            .filter(entry -> entry.completedAt.filter(end -> end.isBefore(oldest)).isPresent())
            .limit(limit)
            .toList();
    old.forEach(this::erase);
    return old.size();
  }

  private InMemoryJob entry(UUID jobId) {
    return Objects.requireNonNull(entries.get(jobId));
  }
}
