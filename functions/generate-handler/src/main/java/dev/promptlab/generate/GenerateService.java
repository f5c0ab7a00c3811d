package dev.promptlab.generate;

import dev.promptlab.accounts.Caller;
import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.Acceptance;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.queue.JobMessage;
import dev.promptlab.queue.JobQueue;
import dev.promptlab.queue.JobQueueUnavailableException;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.TemplateStore;
import dev.promptlab.templates.VariableMismatchException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows once a generate request is identified and within its limit: cache, then database,
 * then queue. Throws {@link RefusedException} for what the caller can mend, and the stores' own
 * exceptions. Thread-safe.
 */
final class GenerateService {
  private static final Logger LOG = LoggerFactory.getLogger(GenerateService.class);

  private final Set<Provider> providers;
  private final TemplateStore templates;
  private final ResultCache cache;
  private final JobStore jobs;
  private final JobQueue queue;
  private final Supplier<UUID> newJobId;
  private final Duration deadline;

  GenerateService(
      Set<Provider> providers,
      TemplateStore templates,
      ResultCache cache,
      JobStore jobs,
      JobQueue queue,
      Supplier<UUID> newJobId,
      Duration deadline) {
    this.providers = Set.copyOf(providers);
    this.templates = templates;
    this.cache = cache;
    this.jobs = jobs;
    this.queue = queue;
    this.newJobId = newJobId;
    this.deadline = deadline;
  }

  GenerateOutcome generate(Caller caller, GenerateRequest request) {
    requireConfigured(request.provider());
    PromptTemplate template = template(request);
    boolean shared = template.cacheScope() == CacheScope.SHARED;
    InputHash hash =
        InputHash.of(
            shared ? Optional.empty() : Optional.of(caller.account()),
            template.templateId(),
            template.version(),
            request.provider(),
            request.input());

    Optional<CachedResult> cached = cache.get(hash);
    if (cached.isPresent()) {
      return new GenerateOutcome.Hit(cached.get());
    }
    NewJob job =
        new NewJob(
            newJobId.get(),
            caller.account(),
            shared,
            template.templateId(),
            template.version(),
            request.provider(),
            hash,
            request.input(),
            deadline);
    return switch (jobs.accept(job)) {
      case Acceptance.Reused reused -> reused(reused.jobId());
      case Acceptance.Joined joined ->
          new GenerateOutcome.Joined(
              job(
                  job,
                  joined.jobId(),
                  joined.status(),
                  joined.attempts(),
                  joined.createdAt(),
                  joined.startedAt()));
      case Acceptance.Queued queued -> {
        send(queued.jobId());
        yield new GenerateOutcome.Queued(
            job(job, queued.jobId(), JobStatus.QUEUED, 0, queued.createdAt(), Optional.empty()));
      }
    };
  }

  private void requireConfigured(Provider provider) {
    if (!providers.contains(provider)) {
      throw new RefusedException(
          Problem.of(
                  400,
                  "provider-not-configured",
                  "The provider is not configured",
                  "This deployment does not offer \"" + provider.wireName() + "\".")
              .withMember(
                  "configured", providers.stream().map(Provider::wireName).sorted().toList()));
    }
  }

  private PromptTemplate template(GenerateRequest request) {
    PromptTemplate template =
        templates
            .current(request.templateId())
            .orElseThrow(
                () ->
                    new RefusedException(
                        Problem.of(
                            404,
                            "template-not-found",
                            "No such template",
                            "There is no template \"" + request.templateId() + "\".")));
    try {
      template.render(request.input());
    } catch (VariableMismatchException e) {
      throw new RefusedException(
          Problem.invalidRequest(
              e.problems().stream()
                  .map(problem -> new Problem.FieldError("input", problem))
                  .toList()));
    }
    return template;
  }

  /** The database's result fills the cache again. */
  private GenerateOutcome reused(UUID jobId) {
    CachedResult result =
        jobs.find(jobId)
            .flatMap(Job::cachedResult)
            .orElseThrow(() -> new IllegalStateException("reused job " + jobId + " has no result"));
    cache.set(result);
    return new GenerateOutcome.Hit(result);
  }

  /**
   * The job is accepted already: if the queue does not take it now, the sweeper sends it within a
   * minute or two.
   */
  private void send(UUID jobId) {
    try {
      queue.send(new JobMessage(jobId));
    } catch (JobQueueUnavailableException e) {
      LOG.warn("Job {} is accepted but not queued; the sweeper will send it", jobId, e);
    }
  }

  private static Job job(
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
        Optional.empty(),
        createdAt,
        startedAt,
        Optional.empty(),
        Optional.empty());
  }
}
