package dev.promptlab.worker;

import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.cache.redis.RedisResultCache;
import dev.promptlab.config.Environment;
import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.JobEnds;
import dev.promptlab.jobs.JobRuns;
import dev.promptlab.jobs.ParkedAnswers;
import dev.promptlab.jobs.rdsdata.RdsDataJobRuns;
import dev.promptlab.jobs.redis.RedisJobEnds;
import dev.promptlab.jobs.redis.RedisParkedAnswers;
import dev.promptlab.observability.redis.RedisFleetMetrics;
import dev.promptlab.pricing.PriceTable;
import dev.promptlab.providers.CallLimits;
import dev.promptlab.providers.redis.RedisCallBudget;
import dev.promptlab.queue.sqs.SqsJobQueue;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.redis.RedisConnections;
import dev.promptlab.templates.TemplateStore;
import dev.promptlab.templates.TemplateVersions;
import dev.promptlab.templates.rdsdata.RdsDataTemplateStore;
import dev.promptlab.testing.LiveRedis;
import dev.promptlab.worker.llm.LlmClient;
import dev.promptlab.worker.llm.LlmProvider;
import dev.promptlab.worker.llm.LlmProviders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import org.jspecify.annotations.Nullable;

/**
 * A worker in a process of its own that runs batches of {@link #BATCH} jobs, and is gone at once
 * when all of them have reached the step that it is told: as if killed, nothing of it goes on. For
 * each line on its standard input, a {@link WorkerStep} to die after, or {@code UNCOMMITTED} for a
 * run in which the database does not answer when jobs are to be ended; with {@code PARKED} it dies
 * in such a run.
 *
 * <p>Arguments: its environment, each as {@code NAME=value}.
 */
final class MortalWorker {
  static final int BATCH = 2;

  /** As of a process that got SIGKILL. */
  static final int KILLED = 137;

  static final String UNCOMMITTED = "UNCOMMITTED";

  private static final Duration BUDGET = Duration.ofSeconds(20);

  private final CyclicBarrier all = new CyclicBarrier(BATCH);
  private final JobMessages messages;
  private final SqsJobQueue queue;
  private final DataApi database;
  private final RedisConnections redis;
  private final WorkerSettings settings;
  private final Environment environment;
  private volatile @Nullable WorkerStep last;

  private MortalWorker(Environment environment) {
    this.environment = environment;
    settings = WorkerSettings.of(environment);
    database = new DataApi(environment, BUDGET);
    queue = new SqsJobQueue(environment, BUDGET);
    messages = new JobMessages(environment);
    redis = RedisConnections.of(environment, Clock.systemUTC());
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> settings = new TreeMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      settings.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    MortalWorker worker = new MortalWorker(Environment.of(settings));
    LiveRedis.awaitAnswer(worker.redis.limits());
    worker.database.check();
    worker.queue.check();
    say("ready");
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      worker.run(line);
      say("done");
    }
  }

  private static void say(String word) {
    System.out.println(word);
    System.out.flush();
  }

  private void run(String command) throws IOException {
    boolean committing = !command.equals(UNCOMMITTED) && !command.equals("PARKED");
    last = command.equals(UNCOMMITTED) ? null : WorkerStep.valueOf(command);
    JobProcessor processor = processor(committing);
    if (last == WorkerStep.NOTHING) {
      Runtime.getRuntime().halt(KILLED);
    }
    List<SQSMessage> batch = messages.receive(BATCH);
    batch.forEach(
        message -> say("received " + message.getReceiptHandle() + " " + message.getBody()));
    if (last == WorkerStep.RECEIVED) {
      Runtime.getRuntime().halt(KILLED);
    }
    List<String> failed = new JobBatch(processor, queue).process(batch, WorkerOnFakes.time());
    batch.stream()
        .filter(message -> !failed.contains(message.getMessageId()))
        .forEach(messages::delete);
    if (last == WorkerStep.DELETED) {
      Runtime.getRuntime().halt(KILLED);
    }
  }

  private JobProcessor processor(boolean committing) {
    RedisFleetMetrics metrics = new RedisFleetMetrics(redis.limits());
    JobRuns jobs = new RdsDataJobRuns(database);
    LlmProvider provider =
        LlmProviders.of(environment, settings.llmTimeout(), Clock.systemUTC())
            .provider(Provider.OPENAI)
            .orElseThrow();
    LlmClient client =
        mortal(
            LlmClient.class, provider.client(), Map.of("generate", List.of(WorkerStep.ANSWERED)));
    boolean second = last != null && last.inSecondRun();
    return new JobProcessor(
        mortal(
            JobRuns.class,
            committing ? jobs : new UncommittedJobRuns(jobs),
            Map.of(
                "claim", List.of(WorkerStep.CLAIMED, WorkerStep.PARKED_CLAIMED),
                "uncount", List.of(WorkerStep.PARKED_UNCOUNTED),
                "complete", List.of(WorkerStep.COMMITTED, WorkerStep.PARKED_COMMITTED))),
        new TemplateVersions(
            mortal(
                TemplateStore.class,
                new RdsDataTemplateStore(database),
                Map.of("version", List.of(WorkerStep.TEMPLATE_READ)))),
        mortal(
            ResultCache.class,
            new RedisResultCache(redis.cache(), Clock.systemUTC(), new Random(), metrics),
            Map.of("set", List.of(WorkerStep.CACHED))),
        mortal(
            JobEnds.class,
            new RedisJobEnds(redis.limits()),
            Map.of("announce", List.of(WorkerStep.ANNOUNCED))),
        mortal(
            ParkedAnswers.class,
            new RedisParkedAnswers(redis.cache(), Duration.ofMinutes(12)),
            Map.of(
                "park", List.of(WorkerStep.PARKED),
                "find", List.of(WorkerStep.PARKED_FOUND),
                "delete", List.of(second ? WorkerStep.PARKED_DELETED : WorkerStep.NOTHING))),
        new LlmCalls(
            new LlmProviders(
                Map.of(Provider.OPENAI, new LlmProvider(client, provider.defaultModel()))),
            PriceTable.of(environment),
            new RedisCallBudget(
                redis.limits(),
                new RedisRateLimiter(redis.limits(), RateLimitStore.SORTED_SET),
                CallLimits.of(environment)),
            settings.llmTimeout(),
            metrics),
        new Backoff(new Random()),
        UUID::randomUUID,
        settings,
        metrics);
  }

  /** A port after whose calls steps are reached. */
  private <T> T mortal(Class<T> port, T adapter, Map<String, List<WorkerStep>> steps) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (_, method, arguments) -> {
              Object result;
              try {
                result = method.invoke(adapter, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              reached(steps.getOrDefault(method.getName(), List.of()));
              return result;
            }));
  }

  private void reached(List<WorkerStep> steps) throws InterruptedException, BrokenBarrierException {
    if (last != null && steps.contains(last)) {
      all.await();
      Runtime.getRuntime().halt(KILLED);
    }
  }
}
