package dev.promptlab.worker;

import dev.promptlab.generation.Generation;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.jobs.Claim;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.Metrics;
import dev.promptlab.pricing.PriceTable;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.RenderedPrompt;
import dev.promptlab.templates.TemplateDefinition;
import dev.promptlab.worker.llm.LlmException;
import dev.promptlab.worker.llm.LlmProvider;
import dev.promptlab.worker.llm.LlmProviders;
import dev.promptlab.worker.llm.LlmRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the model that a job wants and, where that fails by no fault of the request, those that its
 * template falls back to. Each call is counted, with its tokens and its cost. Thread-safe.
 */
final class LlmCalls {
  /** Of the function's 90 s: no call is begun that could last longer. */
  private static final Duration BUDGET = Duration.ofSeconds(85);

  private static final Logger LOG = LoggerFactory.getLogger(LlmCalls.class);

  private final LlmProviders providers;
  private final PriceTable prices;
  private final Duration timeout;
  private final Metrics metrics;

  LlmCalls(LlmProviders providers, PriceTable prices, Duration timeout, Metrics metrics) {
    this.providers = providers;
    this.prices = prices;
    this.timeout = timeout;
    this.metrics = metrics;
  }

  /**
   * An answer.
   *
   * @param byFallback whether another model than the one that was wanted gave it
   */
  record Answer(Generation generation, UsdAmount cost, boolean byFallback) {}

  private record Candidate(Provider name, LlmProvider provider, String model) {}

  boolean offers(Provider provider) {
    return providers.provider(provider).isPresent();
  }

  /**
   * The first answer there is.
   *
   * @throws LlmException if none gives one: the first that may pass, else that of the model that
   *     was wanted
   */
  Answer answer(Claim.Claimed job, PromptTemplate template) {
    long end = System.nanoTime() + BUDGET.minus(timeout).toNanos();
    RenderedPrompt prompt = template.render(job.input());
    List<Candidate> candidates = candidates(job.provider(), template.definition());
    LlmException failure = null;
    for (Candidate candidate : candidates) {
      if (failure != null && System.nanoTime() > end) {
        break;
      }
      try {
        return call(candidate, prompt, template.definition(), failure != null);
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
    if (failure == null) {
      throw new IllegalStateException("no provider for job " + job.jobId());
    }
    throw failure;
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

  private Answer call(
      Candidate candidate, RenderedPrompt prompt, TemplateDefinition template, boolean byFallback) {
    String provider = candidate.name().wireName();
    try {
      Generation generation =
          candidate
              .provider()
              .client()
              .generate(
                  new LlmRequest(
                      prompt,
                      candidate.model(),
                      template.parameters().outputTokens(),
                      template.parameters().temperature()));
      TokenUsage usage = generation.usage();
      UsdAmount cost = prices.cost(generation.model(), candidate.model(), usage);
      metrics.count(Counter.LLM_CALLS, provider, "ok");
      metrics.add(Counter.LLM_TOKENS, usage.inputTokens(), provider, "input");
      metrics.add(Counter.LLM_TOKENS, usage.outputTokens(), provider, "output");
      metrics.add(Counter.LLM_COST, cost.nanos());
      return new Answer(generation, cost, byFallback);
    } catch (LlmException e) {
      metrics.count(Counter.LLM_CALLS, provider, e.error().code());
      throw e;
    }
  }
}
