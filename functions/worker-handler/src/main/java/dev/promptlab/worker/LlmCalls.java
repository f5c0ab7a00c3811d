package dev.promptlab.worker;

import dev.promptlab.generation.Generation;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.jobs.Claim;
import dev.promptlab.jobs.PaidAnswer;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.Metrics;
import dev.promptlab.pricing.PriceTable;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.providers.CallBudget;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.RenderedPrompt;
import dev.promptlab.templates.TemplateDefinition;
import dev.promptlab.worker.llm.LlmAnswer;
import dev.promptlab.worker.llm.LlmException;
import dev.promptlab.worker.llm.LlmProvider;
import dev.promptlab.worker.llm.LlmProviders;
import dev.promptlab.worker.llm.LlmRequest;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the model that a job wants and, where that fails by no fault of the request, those that its
 * template falls back to. Asks no provider more often than all workers together may, nor one that
 * is known to be down. Each call is counted, with its tokens and its cost. Thread-safe.
 */
final class LlmCalls {
  private static final Logger LOG = LoggerFactory.getLogger(LlmCalls.class);

  private final LlmProviders providers;
  private final PriceTable prices;
  private final CallBudget budget;
  private final ProviderBreakers breakers = new ProviderBreakers();
  private final Duration timeout;
  private final Metrics metrics;

  LlmCalls(
      LlmProviders providers,
      PriceTable prices,
      CallBudget budget,
      Duration timeout,
      Metrics metrics) {
    this.providers = providers;
    this.prices = prices;
    this.budget = budget;
    this.timeout = timeout;
    this.metrics = metrics;
  }

  private record Candidate(Provider name, LlmProvider provider, String model) {}

  boolean offers(Provider provider) {
    return providers.provider(provider).isPresent();
  }

  /**
   * The first answer there is.
   *
   * @param time no call of a fallback is begun that could last longer
   * @throws LlmException if none gives one: the first that may pass, else that of the model that
   *     was wanted
   * @throws ProviderBusyException if no model has been asked: it is not its turn, or it is down
   */
  PaidAnswer answer(Claim.Claimed job, PromptTemplate template, InvocationTime time) {
    RenderedPrompt prompt = template.render(job.input());
    List<Candidate> candidates = candidates(job.provider(), template.definition());
    LlmException failure = null;
    ProviderBusyException busy = null;
    for (Candidate candidate : candidates) {
      if (failure != null && !time.allows(timeout)) {
        break;
      }
      try {
        return callInTurn(
            candidate, prompt, template.definition(), failure != null || busy != null);
      } catch (ProviderBusyException e) {
        LOG.info("Job {}: {}", job.jobId(), e.getMessage());
        busy = busy == null ? e : busy;
        if (!e.down()) {
          break;
        }
      } catch (LlmException e) {
        // Not the cause's own words: they may hold the prompt.
        LOG.warn(
            "Job {}: {} of {}: {}",
            job.jobId(),
            candidate.model(),
            candidate.name().wireName(),
            e.error().code());
        LOG.debug("Job {}", job.jobId(), e);
        failure =
            failure == null || (e.error().retryable() && !failure.error().retryable())
                ? e
                : failure;
        if (!e.providersFault()) {
          break;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    throw busy != null ? busy : new IllegalStateException("no provider for job " + job.jobId());
  }

  private List<Candidate> candidates(Provider wanted, TemplateDefinition template) {
    List<Candidate> candidates = new ArrayList<>();
    providers
        .provider(wanted)
        .ifPresent(
            provider ->
                candidates.add(
                    new Candidate(
                        wanted,
                        provider,
                        template.models().getOrDefault(wanted, provider.defaultModel()))));
    for (TemplateDefinition.Fallback fallback : template.fallbacks()) {
      providers
          .provider(fallback.provider())
          .ifPresent(
              provider ->
                  candidates.add(new Candidate(fallback.provider(), provider, fallback.model())));
    }
    return candidates;
  }

  /** What waits for a turn stays with the model that was wanted; what is down may fall back. */
  private PaidAnswer callInTurn(
      Candidate candidate, RenderedPrompt prompt, TemplateDefinition template, boolean byFallback) {
    CircuitBreaker breaker = breakers.of(candidate.name());
    if (!breaker.tryAcquirePermission()) {
      throw ProviderBusyException.down(candidate.name(), ProviderBreakers.OPEN_FOR);
    }
    UUID call = UUID.randomUUID();
    if (budget.take(candidate.name(), call, timeout.multipliedBy(2))
        instanceof CallBudget.Turn.Later later) {
      breaker.releasePermission();
      throw ProviderBusyException.notItsTurn(candidate.name(), later.delay());
    }
    long began = System.nanoTime();
    try {
      PaidAnswer answer = call(candidate, prompt, template, byFallback);
      breaker.onSuccess(System.nanoTime() - began, TimeUnit.NANOSECONDS);
      return answer;
    } catch (LlmException e) {
      if (e.down()) {
        breaker.onError(System.nanoTime() - began, TimeUnit.NANOSECONDS, e);
      } else {
        breaker.onSuccess(System.nanoTime() - began, TimeUnit.NANOSECONDS);
      }
      throw e;
    } catch (RuntimeException e) {
      breaker.releasePermission();
      throw e;
    } finally {
      budget.end(candidate.name(), call);
    }
  }

  private PaidAnswer call(
      Candidate candidate, RenderedPrompt prompt, TemplateDefinition template, boolean byFallback) {
    String provider = candidate.name().wireName();
    try {
      LlmAnswer answer =
          candidate
              .provider()
              .client()
              .generate(
                  new LlmRequest(
                      prompt,
                      candidate.model(),
                      template.parameters().outputTokens(),
                      template.parameters().temperature()));
      Generation generation = answer.generation();
      TokenUsage usage = generation.usage();
      UsdAmount cost =
          prices.cost(generation.model(), candidate.model(), usage, answer.cachedInputTokens());
      metrics.count(Counter.LLM_CALLS, provider, "ok");
      metrics.add(Counter.LLM_TOKENS, usage.inputTokens(), provider, "input");
      metrics.add(Counter.LLM_TOKENS, answer.cachedInputTokens(), provider, "cached");
      metrics.add(Counter.LLM_TOKENS, usage.outputTokens(), provider, "output");
      metrics.add(Counter.LLM_COST, cost.nanos());
      return new PaidAnswer(generation, cost, byFallback);
    } catch (LlmException e) {
      metrics.count(Counter.LLM_CALLS, provider, e.error().code());
      throw e;
    }
  }
}
