package dev.promptlab.worker;

import dev.promptlab.cache.InMemoryResultCache;
import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.jobs.InMemoryJobStore;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.queue.InMemoryJobQueue;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.ModelParameters;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.TemplateStore;
import dev.promptlab.testing.SettableClock;
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
final class WorkerOnFakes {
  static final int MAX_ATTEMPTS = 3;

  final SettableClock clock = new SettableClock();
  final InMemoryJobStore jobs = new InMemoryJobStore(clock);
  final InMemoryResultCache cache = new InMemoryResultCache(clock);
  final InMemoryJobQueue queue = new InMemoryJobQueue();
  final List<LlmRequest> calls = new CopyOnWriteArrayList<>();
  Function<LlmRequest, Generation> model = request -> answer("to: " + request.prompt().prompt());
  final JobProcessor processor =
      new JobProcessor(
          jobs,
          new OneTemplate(),
          cache,
          new LlmProviders(Map.of(Provider.OPENAI, new LlmProvider(this::call, "default-model"))),
          new Backoff(new Random(1)),
          UUID::randomUUID,
          new WorkerSettings(MAX_ATTEMPTS, Duration.ofHours(1), Duration.ofSeconds(60)));

  private static final class OneTemplate implements TemplateStore {
    @Override
    public Optional<PromptTemplate> current(String templateId) {
      return version(templateId, 1);
    }

    @Override
    public Optional<PromptTemplate> version(String templateId, int version) {
      return Optional.of(
          new PromptTemplate(
              templateId,
              version,
              templateId,
              "Say {{input}}",
              Optional.of("Be brief."),
              Map.of(),
              new ModelParameters(Optional.of(77), Optional.of(0.5)),
              Optional.empty(),
              CacheScope.SHARED));
    }
  }

  private Generation call(LlmRequest request) {
    calls.add(request);
    return model.apply(request);
  }

  static Generation answer(String output) {
    return new Generation("model-1", output, FinishReason.STOP, new TokenUsage(3, 5));
  }

  static Function<LlmRequest, Generation> failing(boolean retryable) {
    return _ -> {
      throw new LlmException(
          new JobError("provider-test", "Failed.", retryable), new IllegalStateException("failed"));
    };
  }

  UUID accepted() {
    return accepted(Provider.OPENAI);
  }

  UUID accepted(Provider provider) {
    GenerationInput input = GenerationInput.text(UUID.randomUUID().toString());
    return jobs.accept(
            new NewJob(
                UUID.randomUUID(),
                "anonymous",
                true,
                "t1",
                1,
                provider,
                InputHash.of(Optional.empty(), "t1", 1, provider, input),
                input,
                Duration.ofMinutes(10)))
        .jobId();
  }

  Job job(UUID jobId) {
    return jobs.find(jobId).orElseThrow();
  }
}
