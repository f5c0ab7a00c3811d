package dev.promptlab.worker;

import dev.promptlab.cache.ResultCache;
import dev.promptlab.generation.Generation;
import dev.promptlab.jobs.Claim;
import dev.promptlab.jobs.Completion;
import dev.promptlab.jobs.JobEnds;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.JobRuns;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.PaidAnswer;
import dev.promptlab.jobs.ParkedAnswers;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.Metrics;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.rdsdata.DatabaseUnavailableException;
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
 * ended, costs no call, nor does one whose answer was paid for and could not be committed: that is
 * parked. Throws the stores' own exceptions; the message then comes back. Thread-safe.
 */
final class JobProcessor {
  /** Longer than the function's time-out, so that no two deliveries run a job at the same time. */
  static final Duration LEASE = Duration.ofMinutes(2);

  private static final Logger LOG = LoggerFactory.getLogger(JobProcessor.class);

  private final JobRuns jobs;
  private final TemplateVersions templates;
  private final ResultCache cache;
  private final JobEnds ends;
  private final ParkedAnswers parked;
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
      ParkedAnswers parked,
      LlmCalls calls,
      Backoff backoff,
      Supplier<UUID> newToken,
      WorkerSettings settings,
      Metrics metrics) {
    this.jobs = jobs;
    this.templates = templates;
    this.cache = cache;
    this.ends = ends;
    this.parked = parked;
    this.calls = calls;
    this.backoff = backoff;
    this.newToken = newToken;
    this.settings = settings;
    this.metrics = metrics;
  }

  /**
   * Runs a job, if it is to be run.
   *
   * @param time of this delivery; an answer that comes later is parked
   */
  Delivery process(UUID jobId, InvocationTime time) {
    UUID token = newToken.get();
    return switch (jobs.claim(jobId, token, LEASE, settings.maxAttempts())) {
      case Claim.Claimed job -> claimed(job, token, time);
      case Claim.Exhausted(Claim.Claimed job) -> exhausted(job, token);
      case Claim.Leased leased -> new Delivery.Retry(leased.remaining().plusSeconds(1));
      case Claim.Ended() -> {
        LOG.info("Job {} has ended already", jobId);
        // Perhaps just now, as its time was over; perhaps its content was erased.
        parked.delete(jobId);
        ends.announce(jobId);
        yield new Delivery.Done();
      }
      case Claim.Missing() -> {
        LOG.warn("Message for a job that does not exist: {}", jobId);
        yield new Delivery.Done();
      }
    };
  }

  private Delivery claimed(Claim.Claimed job, UUID token, InvocationTime time) {
    // Before the first call there is nothing.
    Optional<PaidAnswer> earlier = job.attempts() > 1 ? parked.find(job.jobId()) : Optional.empty();
    if (earlier.isEmpty()) {
      return run(job, token, time);
    }
    jobs.uncount(job.jobId(), token);
    return endParked(job.withoutCall(), token, earlier.get());
  }

  private Delivery exhausted(Claim.Claimed job, UUID token) {
    return parked
        .find(job.jobId())
        .map(answer -> endParked(job, token, answer))
        .orElseGet(
            () ->
                fail(
                    job,
                    token,
                    new JobError(
                        "retries-exhausted",
                        "Every attempt failed; the last failure could have been repeated.",
                        true),
                    UsdAmount.ZERO));
  }

  private Delivery endParked(Claim.Claimed job, UUID token, PaidAnswer answer) {
    LOG.info("Job {} ends with an answer that was parked", job.jobId());
    if (end(job, token, template(job), answer)) {
      parked.delete(job.jobId());
    }
    return new Delivery.Done();
  }

  private Delivery run(Claim.Claimed job, UUID token, InvocationTime time) {
    if (!calls.offers(job.provider())) {
      return fail(
          job,
          token,
          new JobError("provider-not-configured", "The provider is not configured.", false),
          UsdAmount.ZERO);
    }
    PromptTemplate template;
    PaidAnswer answer;
    try {
      template = template(job);
      answer = calls.answer(job, template, time);
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
    var _ = end(job, token, template, answer);
    return new Delivery.Done();
  }

  private PromptTemplate template(Claim.Claimed job) {
    // The schema sees to it that a job's template version exists.
    return templates.find(job.templateId(), job.templateVersion()).orElseThrow();
  }

  /** Ends a job with an answer; false if the lease was lost. */
  private boolean end(Claim.Claimed job, UUID token, PromptTemplate template, PaidAnswer answer) {
    try {
      return answer.generation().tooLarge()
          ? endFailed(
              job,
              token,
              new JobError("output-too-large", "The output has more than 512 KiB.", false),
              answer.cost())
          : complete(job, token, template, answer);
    } catch (DatabaseUnavailableException e) {
      park(job.jobId(), answer);
      throw e;
    }
  }

  private void park(UUID jobId, PaidAnswer answer) {
    // This delivery's time may be up, but the answer is paid for.
    boolean interrupted = Thread.interrupted();
    parked.park(jobId, answer);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean complete(
      Claim.Claimed job, UUID token, PromptTemplate template, PaidAnswer answer) {
    Generation result = answer.generation();
    Optional<Duration> ttl =
        result.reusable() && !answer.byFallback()
            ? Optional.of(template.definition().cacheTtl().orElse(settings.cacheTtl()))
            : Optional.empty();
    Optional<Completion> completion = jobs.complete(job.jobId(), token, result, answer.cost(), ttl);
    if (completion.isEmpty()) {
      LOG.warn("Job {}: the lease was lost, the result is dropped", job.jobId());
      return false;
    }
    job.completed(answer, completion.get()).cachedResult().ifPresent(cache::set);
    ended(job, JobStatus.COMPLETED);
    // Each request that joined the job would have cost as much.
    metrics.add(Counter.LLM_SAVED, answer.cost().times(completion.get().requests() - 1).nanos());
    LOG.info("Job {} completed by {} in attempt {}", job.jobId(), result.model(), job.attempts());
    return true;
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
    var _ = endFailed(job, token, error, cost);
    return new Delivery.Done();
  }

  /** Ends a job as failed; false if the lease was lost. */
  private boolean endFailed(Claim.Claimed job, UUID token, JobError error, UsdAmount cost) {
    LOG.warn("Job {} failed: {}", job.jobId(), error.code());
    if (!jobs.fail(job.jobId(), token, error, cost)) {
      LOG.warn("Job {}: the lease was lost, the failure is dropped", job.jobId());
      return false;
    }
    ended(job, JobStatus.FAILED);
    return true;
  }

  private void ended(Claim.Claimed job, JobStatus status) {
    metrics.count(Counter.JOBS, status.wireName());
    ends.announce(job.jobId());
  }
}
