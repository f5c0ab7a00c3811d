package dev.promptlab.jobs;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.rdsdata.DatabaseUnavailableException;
import dev.promptlab.templates.TemplateStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Stored results without a database. */
public final class InMemoryStoredResults implements StoredResults {
  private final InMemoryJobStore jobs;
  private final TemplateStore templates;
  private final Clock clock;
  private Runnable afterNextRead = () -> {};
  private boolean down;
  private int calls;

  public InMemoryStoredResults(InMemoryJobStore jobs, TemplateStore templates, Clock clock) {
    this.jobs = jobs;
    this.templates = templates;
    this.clock = clock;
  }

  /** What somebody else does once results have been read, before anything comes of that. */
  public void afterNextRead(Runnable other) {
    afterNextRead = other;
  }

  /** Lets every call fail from now on. */
  public void setDown(boolean nowDown) {
    down = nowDown;
  }

  /** How often the database was asked. */
  public int calls() {
    return calls;
  }

  private void call() {
    calls++;
    if (down) {
      throw new DatabaseUnavailableException(new IllegalStateException("down"));
    }
  }

  private Stream<Job> inForce(Collection<InputHash> hashes) {
    if (hashes.size() > MOST_INPUTS) {
      throw new IllegalArgumentException(hashes.size() + " inputs");
    }
    return hashes.stream()
        .distinct()
        .flatMap(hash -> jobs.completed(hash).stream())
        .filter(
            job ->
                templates
                    .current(job.templateId())
                    .filter(template -> template.version() == job.templateVersion())
                    .isPresent());
  }

  private Stream<Job> currentOnes(Collection<InputHash> hashes) {
    Instant now = clock.instant();
    return inForce(hashes)
        .filter(job -> job.cacheableUntil().filter(now::isBefore).isPresent())
        .collect(Collectors.toMap(Job::inputHash, job -> job, (young, _) -> young))
        .values()
        .stream();
  }

  @Override
  public List<CachedResult> current(Collection<InputHash> hashes) {
    call();
    List<CachedResult> results =
        currentOnes(hashes).flatMap(job -> job.cachedResult().stream()).toList();
    Runnable after = afterNextRead;
    afterNextRead = () -> {};
    after.run();
    return results;
  }

  @Override
  public Set<UUID> currentJobs(Collection<InputHash> hashes) {
    call();
    return currentOnes(hashes).map(Job::jobId).collect(Collectors.toSet());
  }

  @Override
  public List<Ageing> ageing(Collection<InputHash> hashes, Duration within) {
    call();
    Instant soon = clock.instant().plus(within);
    return inForce(hashes)
        .collect(Collectors.toMap(Job::inputHash, job -> job, (young, _) -> young))
        .values()
        .stream()
        .filter(job -> job.cacheableUntil().filter(until -> !until.isAfter(soon)).isPresent())
        .map(this::ageing)
        .toList();
  }

  private Ageing ageing(Job job) {
    return new Ageing(
        job.jobId(),
        job.inputHash(),
        job.account(),
        job.shared(),
        job.templateId(),
        job.templateVersion(),
        job.provider(),
        Duration.ofSeconds(
            Duration.between(job.completedAt().orElseThrow(), clock.instant()).toSeconds()));
  }

  @Override
  public Optional<GenerationInput> input(UUID jobId) {
    call();
    return jobs.input(jobId);
  }
}
