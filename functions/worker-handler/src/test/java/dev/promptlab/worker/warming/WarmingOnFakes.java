package dev.promptlab.worker.warming;

import dev.promptlab.cache.InMemoryLastWarming;
import dev.promptlab.cache.InMemoryPopularity;
import dev.promptlab.cache.InputHash;
import dev.promptlab.config.Environment;
import dev.promptlab.generation.DefaultModels;
import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.CostBound;
import dev.promptlab.jobs.InMemoryStoredResults;
import dev.promptlab.jobs.InMemorySweepSchedule;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.pricing.PriceTable;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.queue.JobIntake;
import dev.promptlab.queue.JobMessage;
import dev.promptlab.worker.WorkerOnFakes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** The warming around the worker's fakes. */
final class WarmingOnFakes {
  /** What a result made anew may cost: 77 tokens, at this test's price. */
  static final UsdAmount BOUND = new UsdAmount(77_000_000);

  private static final String PRICES = "{\"gpt-4.1-mini\":{\"input\":0,\"output\":1000}}";

  final WorkerOnFakes worker = new WorkerOnFakes();
  final InMemoryPopularity popularity = new InMemoryPopularity(worker.clock);
  final InMemoryStoredResults results =
      new InMemoryStoredResults(worker.jobs, worker.templates, worker.clock);
  private final InMemoryLastWarming last = new InMemoryLastWarming();

  CacheWarmer warmer(int mostRegenerated) {
    Set<Provider> providers = Set.of(Provider.OPENAI);
    Environment environment = Environment.of(Map.of("LLM_PRICES", PRICES));
    return new CacheWarmer(
        popularity,
        last,
        worker.cache,
        results,
        new Regeneration(
            providers,
            worker.templates,
            new JobIntake(worker.jobs, new InMemorySweepSchedule(worker.clock), worker.queue),
            new CostBound(PriceTable.of(environment), DefaultModels.of(environment, providers)),
            UUID::randomUUID,
            Duration.ofMinutes(10),
            worker.metrics),
        new WarmingSettings(Duration.ofMinutes(15), mostRegenerated, Map.of()),
        worker.metrics);
  }

  CacheWarmer.Report warm(int mostRegenerated) {
    return warmer(mostRegenerated).warm(() -> true);
  }

  CacheWarmer.Report warm(BooleanSupplier timeLeft) {
    return warmer(0).warm(timeLeft);
  }

  /** A completed job whose result is in the cache, asked for so many times. */
  Job completed(String text, int requests) {
    return completed(Provider.OPENAI, text, requests);
  }

  Job completed(Provider provider, String text, int requests) {
    UUID jobId = worker.accepted("t1", provider, NewJob.Reuse.USUAL, text);
    worker.processor.process(jobId);
    Job job = worker.job(jobId);
    for (int i = 0; i < requests; i++) {
      popularity.count(job.inputHash());
    }
    return job;
  }

  /** One that the cache has lost. */
  Job lost(String text) {
    Job job = completed(text, 2);
    lose(job.inputHash());
    return job;
  }

  void lose(InputHash hash) {
    worker.cache.deleteAll(List.of(hash));
  }

  /** Lets the worker do what is in the queue; the jobs. */
  List<Job> work() {
    return worker.queue.receive().stream()
        .map(message -> JobMessage.ofBody(message.body()).jobId())
        .map(
            jobId -> {
              worker.processor.process(jobId);
              return worker.job(jobId);
            })
        .toList();
  }
}
