package dev.promptlab.worker;

import dev.promptlab.cache.ResultCache;
import dev.promptlab.generation.Generation;
import dev.promptlab.jobs.Claim;
import dev.promptlab.jobs.Completion;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.TemplateStore;
import dev.promptlab.worker.llm.LlmException;
import dev.promptlab.worker.llm.LlmProvider;
import dev.promptlab.worker.llm.LlmProviders;
import dev.promptlab.worker.llm.LlmRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one job: claim, LLM call, database, cache. A job that another delivery holds, or that has
 * ended, costs no call. Throws the stores' own exceptions; the message then comes back.
 * Thread-safe.
 */
final class JobProcessor {
  /** Longer than the function's time-out, so that no two deliveries run a job at the same time. */
  static final Duration LEASE = Duration.ofMinutes(2);

  private static final int DEFAULT_MAX_TOKENS = 1024;
  private static final Logger LOG = LoggerFactory.getLogger(JobProcessor.class);

  private final JobStore jobs;
  private final TemplateStore templates;
  private final ResultCache cache;
  private final LlmProviders providers;
  private final Backoff backoff;
  private final Supplier<UUID> newToken;
  private final WorkerSettings settings;

  JobProcessor(
      JobStore jobs,
      TemplateStore templates,
      ResultCache cache,
      LlmProviders providers,
      Backoff backoff,
      Supplier<UUID> newToken,
      WorkerSettings settings) {
    this.jobs = jobs;
    this.templates = templates;
    this.cache = cache;
    this.providers = providers;
    this.backoff = backoff;
    this.newToken = newToken;
    this.settings = settings;
  }

  Delivery process(UUID jobId) {
    UUID token = newToken.get();
    return switch (jobs.claim(jobId, token, LEASE, settings.maxAttempts())) {
      case Claim.Claimed job -> run(job, token);
      case Claim.Leased leased -> new Delivery.Retry(leased.remaining().plusSeconds(1));
      case Claim.Ended() -> {
        LOG.info("Job {} has ended already", jobId);
        yield new Delivery.Done();
      }
      case Claim.Missing() -> {
        LOG.warn("Message for a job that does not exist: {}", jobId);
        yield new Delivery.Done();
      }
    };
  }

  private Delivery run(Claim.Claimed job, UUID token) {
    Optional<LlmProvider> provider = providers.provider(job.provider());
    if (provider.isEmpty()) {
      return fail(
          job,
          token,
          new JobError("provider-not-configured", "The provider is not configured.", false));
    }
    PromptTemplate template;
    Generation result;
    try {
      // The schema sees to it that a job's template version exists.
      template = templates.version(job.templateId(), job.templateVersion()).orElseThrow();
      result = provider.get().client().generate(request(job, template, provider.get()));
    } catch (LlmException e) {
      // Not the cause's own words: they may hold the prompt.
      LOG.warn("Job {}, attempt {}: {}", job.jobId(), job.attempts(), e.error().code());
      LOG.debug("Job {}", job.jobId(), e);
      return failed(job, token, e.error());
    } catch (RuntimeException e) {
      LOG.error("Job {}, attempt {}: {}", job.jobId(), job.attempts(), e.getClass().getName());
      LOG.debug("Job {}", job.jobId(), e);
      return failed(job, token, new JobError("internal-error", "The worker failed.", true));
    }
    if (result.tooLarge()) {
      return fail(
          job, token, new JobError("output-too-large", "The output has more than 512 KiB.", false));
    }
    complete(job, token, template, result);
    return new Delivery.Done();
  }

  private static LlmRequest request(
      Claim.Claimed job, PromptTemplate template, LlmProvider provider) {
    return new LlmRequest(
        template.render(job.input()),
        template.models().getOrDefault(job.provider(), provider.defaultModel()),
        template.parameters().maxTokens().orElse(DEFAULT_MAX_TOKENS),
        template.parameters().temperature());
  }

  private void complete(Claim.Claimed job, UUID token, PromptTemplate template, Generation result) {
    Optional<Duration> ttl =
        result.reusable()
            ? Optional.of(template.cacheTtl().orElse(settings.cacheTtl()))
            : Optional.empty();
    Optional<Completion> completion = jobs.complete(job.jobId(), token, result, ttl);
    if (completion.isEmpty()) {
      LOG.warn("Job {}: the lease was lost, the result is dropped", job.jobId());
      return;
    }
    completed(job, result, completion.get()).cachedResult().ifPresent(cache::set);
    LOG.info("Job {} completed by {} in attempt {}", job.jobId(), result.model(), job.attempts());
  }

  private static Job completed(Claim.Claimed job, Generation result, Completion completion) {
    return new Job(
        job.jobId(),
        JobStatus.COMPLETED,
        job.account(),
        job.shared(),
        job.templateId(),
        job.templateVersion(),
        job.provider(),
        job.inputHash(),
        job.attempts(),
        Optional.of(result),
        Optional.empty(),
        job.createdAt(),
        Optional.of(job.startedAt()),
        Optional.of(completion.completedAt()),
        completion.cacheableUntil());
  }

  private Delivery failed(Claim.Claimed job, UUID token, JobError error) {
    if (!error.retryable()) {
      return fail(job, token, error);
    }
    if (job.attempts() >= settings.maxAttempts()) {
      return fail(
          job,
          token,
          new JobError(
              "retries-exhausted",
              "%d attempts failed, the last with %s.".formatted(job.attempts(), error.code()),
              true));
    }
    Duration delay = backoff.after(job.attempts());
    return jobs.release(job.jobId(), token, delay)
        ? new Delivery.Retry(delay)
        : new Delivery.Done();
  }

  private Delivery fail(Claim.Claimed job, UUID token, JobError error) {
    LOG.warn("Job {} failed: {}", job.jobId(), error.code());
    if (!jobs.fail(job.jobId(), token, error)) {
      LOG.warn("Job {}: the lease was lost, the failure is dropped", job.jobId());
    }
    return new Delivery.Done();
  }
}
