package dev.promptlab.worker;

import dev.promptlab.cache.ResultCache;
import dev.promptlab.generation.Generation;
import dev.promptlab.jobs.Claim;
import dev.promptlab.jobs.Completion;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobEnds;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.JobRuns;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.Metrics;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.TemplateVersions;
import dev.promptlab.worker.llm.LlmException;
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

  private static final Logger LOG = LoggerFactory.getLogger(JobProcessor.class);

  private final JobRuns jobs;
  private final TemplateVersions templates;
  private final ResultCache cache;
  private final JobEnds ends;
  private final LlmCalls calls;
  private final Backoff backoff;
  private final Supplier<UUID> newToken;
  private final WorkerSettings settings;
  private final Metrics metrics;

  JobProcessor(
      JobRuns jobs,
      TemplateVersions templates,
      ResultCache cache,
      JobEnds ends,
      LlmCalls calls,
      Backoff backoff,
      Supplier<UUID> newToken,
      WorkerSettings settings,
      Metrics metrics) {
    this.jobs = jobs;
    this.templates = templates;
    this.cache = cache;
    this.ends = ends;
    this.calls = calls;
    this.backoff = backoff;
    this.newToken = newToken;
    this.settings = settings;
    this.metrics = metrics;
  }

  Delivery process(UUID jobId) {
    UUID token = newToken.get();
    return switch (jobs.claim(jobId, token, LEASE, settings.maxAttempts())) {
      case Claim.Claimed job -> run(job, token);
      case Claim.Leased leased -> new Delivery.Retry(leased.remaining().plusSeconds(1));
      case Claim.Ended() -> {
        LOG.info("Job {} has ended already", jobId);
        // Perhaps just now, as its time or its attempts were over.
        ends.announce(jobId);
        yield new Delivery.Done();
      }
      case Claim.Missing() -> {
        LOG.warn("Message for a job that does not exist: {}", jobId);
        yield new Delivery.Done();
      }
    };
  }

  private Delivery run(Claim.Claimed job, UUID token) {
    if (!calls.offers(job.provider())) {
      return fail(
          job,
          token,
          new JobError("provider-not-configured", "The provider is not configured.", false),
          UsdAmount.ZERO);
    }
    PromptTemplate template;
    LlmCalls.Answer answer;
    try {
      // The schema sees to it that a job's template version exists.
      template = templates.find(job.templateId(), job.templateVersion()).orElseThrow();
      answer = calls.answer(job, template);
    } catch (ProviderBusyException e) {
      return jobs.postpone(job.jobId(), token, backoff.spread(e.delay()))
          .<Delivery>map(Delivery.Retry::new)
          .orElseGet(Delivery.Done::new);
    } catch (LlmException e) {
      return failed(
          job,
          token,
          e.error(),
          e.retryAfter()
              .map(asked -> backoff.after(job.attempts(), asked))
              .orElseGet(() -> backoff.after(job.attempts())));
    } catch (RuntimeException e) {
      LOG.error("Job {}, attempt {}: {}", job.jobId(), job.attempts(), e.getClass().getName());
      LOG.debug("Job {}", job.jobId(), e);
      return failed(
          job,
          token,
          new JobError("internal-error", "The worker failed.", true),
          backoff.after(job.attempts()));
    }
    if (answer.generation().tooLarge()) {
      return fail(
          job,
          token,
          new JobError("output-too-large", "The output has more than 512 KiB.", false),
          answer.cost());
    }
    complete(job, token, template, answer);
    return new Delivery.Done();
  }

  private void complete(
      Claim.Claimed job, UUID token, PromptTemplate template, LlmCalls.Answer answer) {
    Generation result = answer.generation();
    Optional<Duration> ttl =
        result.reusable() && !answer.byFallback()
            ? Optional.of(template.definition().cacheTtl().orElse(settings.cacheTtl()))
            : Optional.empty();
    Optional<Completion> completion = jobs.complete(job.jobId(), token, result, answer.cost(), ttl);
    if (completion.isEmpty()) {
      LOG.warn("Job {}: the lease was lost, the result is dropped", job.jobId());
      return;
    }
    completed(job, answer, completion.get()).cachedResult().ifPresent(cache::set);
    ended(job, JobStatus.COMPLETED);
    // Each request that joined the job would have cost as much.
    metrics.add(Counter.LLM_SAVED, answer.cost().times(completion.get().requests() - 1).nanos());
    LOG.info("Job {} completed by {} in attempt {}", job.jobId(), result.model(), job.attempts());
  }

  private static Job completed(Claim.Claimed job, LlmCalls.Answer answer, Completion completion) {
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
        Optional.of(answer.generation()),
        false,
        Optional.of(answer.cost()),
        Optional.empty(),
        job.createdAt(),
        Optional.of(job.startedAt()),
        Optional.of(completion.completedAt()),
        completion.cacheableUntil());
  }

  private Delivery failed(Claim.Claimed job, UUID token, JobError error, Duration delay) {
    if (!error.retryable()) {
      return fail(job, token, error, UsdAmount.ZERO);
    }
    if (job.attempts() >= settings.maxAttempts()) {
      return fail(
          job,
          token,
          new JobError(
              "retries-exhausted",
              "%d attempts failed, the last with %s.".formatted(job.attempts(), error.code()),
              true),
          UsdAmount.ZERO);
    }
    return jobs.release(job.jobId(), token, delay)
        .<Delivery>map(Delivery.Retry::new)
        .orElseGet(Delivery.Done::new);
  }

  private Delivery fail(Claim.Claimed job, UUID token, JobError error, UsdAmount cost) {
    LOG.warn("Job {} failed: {}", job.jobId(), error.code());
    if (jobs.fail(job.jobId(), token, error, cost)) {
      ended(job, JobStatus.FAILED);
    } else {
      LOG.warn("Job {}: the lease was lost, the failure is dropped", job.jobId());
    }
    return new Delivery.Done();
  }

  private void ended(Claim.Claimed job, JobStatus status) {
    metrics.count(Counter.JOBS, status.wireName());
    ends.announce(job.jobId());
  }
}
