package dev.promptlab.worker;

import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import dev.promptlab.cache.InMemoryInvalidationStore;
import dev.promptlab.cache.InMemoryResultCache;
import dev.promptlab.cache.InputHash;
import dev.promptlab.config.Environment;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.jobs.Acceptance;
import dev.promptlab.jobs.InMemoryJobStore;
import dev.promptlab.jobs.InMemoryJobWaits;
import dev.promptlab.jobs.InMemoryParkedAnswers;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.JobRuns;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.observability.InMemoryFleetMetrics;
import dev.promptlab.pricing.PriceTable;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.providers.CallLimits;
import dev.promptlab.providers.InMemoryCallBudget;
import dev.promptlab.queue.InMemoryJobQueue;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.InMemoryTemplateStore;
import dev.promptlab.templates.ModelParameters;
import dev.promptlab.templates.TemplateDefinition;
import dev.promptlab.templates.TemplateStore;
import dev.promptlab.templates.TemplateVersions;
import dev.promptlab.testing.SettableClock;
import dev.promptlab.worker.llm.LlmAnswer;
import dev.promptlab.worker.llm.LlmException;
import dev.promptlab.worker.llm.LlmProvider;
import dev.promptlab.worker.llm.LlmProviders;
import dev.promptlab.worker.llm.LlmRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** The worker around fakes and a model that answers as the test says. */
public final class WorkerOnFakes {
  public static final int MAX_ATTEMPTS = 3;

  /** Calls of one provider: as many as a batch has records. */
  public static final int AT_A_TIME = 10;

  /** Of each job. */
  public static final Duration DEADLINE = Duration.ofMinutes(10);

  /** Of a call that answers as {@link #answer} does, at this test's prices. */
  public static final UsdAmount COST = new UsdAmount(13_000_000);

  private static final Duration LLM_TIMEOUT = Duration.ofSeconds(60);

  public final SettableClock clock = new SettableClock();
  public final InMemoryInvalidationStore invalidations = new InMemoryInvalidationStore(clock);
  public final InMemoryJobStore jobs = new InMemoryJobStore(clock, invalidations);
  public final InMemoryTemplateStore templates = new InMemoryTemplateStore(clock);
  public final InMemoryJobWaits waits = new InMemoryJobWaits(10);
  public final InMemoryFleetMetrics metrics = new InMemoryFleetMetrics();
  public final InMemoryParkedAnswers parked = new InMemoryParkedAnswers();
  public final InMemoryResultCache cache = new InMemoryResultCache(clock);
  public final InMemoryJobQueue queue = new InMemoryJobQueue();
  public final List<LlmRequest> calls = new CopyOnWriteArrayList<>();
  public Function<LlmRequest, Generation> model =
      request -> answer("to: " + request.prompt().prompt());
  public Function<LlmRequest, Generation> otherModel = _ -> answer("from the other");
  private final LlmCalls llmCalls =
      new LlmCalls(
          new LlmProviders(
              Map.of(
                  Provider.OPENAI, new LlmProvider(this::call, "default-model"),
                  Provider.ANTHROPIC, new LlmProvider(this::callOther, "other-default"))),
          PriceTable.of(
              Environment.of(
                  Map.of("LLM_PRICES", "{\"model-1\":{\"input\":1000,\"output\":2000}}"))),
          new InMemoryCallBudget(
              new CallLimits(Map.of(), Map.of(Provider.OPENAI, AT_A_TIME)), clock),
          LLM_TIMEOUT,
          metrics);
  public final Unhurried processor = new Unhurried(processor(jobs));

  /** What of a batch comes back. */
  public List<String> process(List<SQSMessage> messages) {
    return new JobBatch(processor.inTime, queue).process(messages, time());
  }

  /** A processor that always has the time it needs. */
  public record Unhurried(JobProcessor inTime) {
    public Delivery process(UUID jobId) {
      return inTime.process(jobId, time());
    }
  }

  static InvocationTime time() {
    return InvocationTime.of(Duration.ofSeconds(90));
  }

  /** One with other doings of the database than the fake's. */
  JobProcessor processor(JobRuns runs) {
    return new JobProcessor(
        runs,
        new TemplateVersions(templates),
        cache,
        waits,
        parked,
        llmCalls,
        new Backoff(new Random(1)),
        UUID::randomUUID,
        new WorkerSettings(MAX_ATTEMPTS, Duration.ofHours(1), LLM_TIMEOUT),
        metrics);
  }

  public WorkerOnFakes() {
    template("t1", List.of());
    template(
        "with-fallback", List.of(new TemplateDefinition.Fallback(Provider.ANTHROPIC, "spare")));
  }

  private void template(String id, List<TemplateDefinition.Fallback> fallbacks) {
    templates.put(
        id,
        new TemplateDefinition(
            id,
            "Say {{input}}",
            Optional.of("Be brief."),
            Map.of(),
            new ModelParameters(Optional.of(77), Optional.of(0.5)),
            Optional.empty(),
            CacheScope.SHARED,
            fallbacks),
        new TemplateStore.Expected.Nothing());
  }

  private LlmAnswer call(LlmRequest request) {
    calls.add(request);
    return new LlmAnswer(model.apply(request), 0);
  }

  private LlmAnswer callOther(LlmRequest request) {
    calls.add(request);
    return new LlmAnswer(otherModel.apply(request), 0);
  }

  public static Generation answer(String output) {
    return new Generation("model-1", output, FinishReason.STOP, new TokenUsage(3, 5));
  }

  static Function<LlmRequest, Generation> failing(boolean retryable) {
    return _ -> {
      throw new LlmException(
          new JobError("provider-test", "Failed.", retryable), new IllegalStateException("failed"));
    };
  }

  /** A refusal that asks to be left alone for so long. */
  static Function<LlmRequest, Generation> refusing(Duration retryAfter) {
    return _ -> {
      throw new LlmException(
          new JobError("provider-rate-limited", "Refused.", true), 429, retryAfter);
    };
  }

  public UUID accepted() {
    return accepted(Provider.OPENAI);
  }

  public UUID accepted(Provider provider) {
    return accepted("t1", provider, NewJob.Reuse.USUAL, UUID.randomUUID().toString());
  }

  public UUID accepted(String templateId, Provider provider, NewJob.Reuse reuse, String text) {
    GenerationInput input = GenerationInput.text(text);
    Acceptance acceptance =
        jobs.accept(
            new NewJob(
                UUID.randomUUID(),
                "anonymous",
                Optional.empty(),
                true,
                templateId,
                1,
                provider,
                InputHash.of(Optional.empty(), templateId, 1, provider, input),
                input,
                reuse,
                Optional.empty(),
                COST,
                DEADLINE));
    return switch (acceptance) {
      case Acceptance.Queued queued -> queued.jobId();
      case Acceptance.Joined joined -> joined.jobId();
      default -> throw new AssertionError(acceptance);
    };
  }

  public Job job(UUID jobId) {
    return jobs.find(jobId).orElseThrow();
  }
}
