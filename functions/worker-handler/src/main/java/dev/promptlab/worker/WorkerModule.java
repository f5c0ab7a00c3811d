package dev.promptlab.worker;

import dev.promptlab.cache.redis.RedisResultCache;
import dev.promptlab.config.Environment;
import dev.promptlab.jobs.JobDeadline;
import dev.promptlab.jobs.rdsdata.RdsDataJobRuns;
import dev.promptlab.jobs.redis.RedisJobEnds;
import dev.promptlab.jobs.redis.RedisParkedAnswers;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.EmbeddedMetrics;
import dev.promptlab.observability.FleetMetrics;
import dev.promptlab.observability.redis.RedisFleetMetrics;
import dev.promptlab.pricing.PriceTable;
import dev.promptlab.providers.CallLimits;
import dev.promptlab.providers.redis.RedisCallBudget;
import dev.promptlab.queue.sqs.SqsJobQueue;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.redis.RedisConnections;
import dev.promptlab.snapstart.SnapshotHooks;
import dev.promptlab.templates.TemplateVersions;
import dev.promptlab.templates.rdsdata.RdsDataTemplateStore;
import dev.promptlab.worker.llm.LlmProviders;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** The wiring of this function: the only place that constructs its adapters. */
final class WorkerModule implements AutoCloseable {
  private static final Duration DATABASE_BUDGET = Duration.ofSeconds(20);
  private static final Duration QUEUE_BUDGET = Duration.ofSeconds(5);

  private final RedisConnections redis;
  private final DataApi database;
  private final SqsJobQueue queue;
  private final FleetMetrics metrics;
  private final EmbeddedMetrics embedded;
  private final JobProcessor processor;

  @SuppressWarnings("UnusedVariable") // Lambda's own reference is weak
  private final SnapshotHooks hooks;

  WorkerModule(Environment environment) {
    Clock clock = Clock.systemUTC();
    SecureRandom random = new SecureRandom();
    WorkerSettings settings = WorkerSettings.of(environment);
    PriceTable prices = PriceTable.of(environment);
    LlmProviders providers = LlmProviders.of(environment, settings.llmTimeout(), clock);
    if (!environment.takesSnapshot()) {
      // At once, so that a key that is missing ends the start.
      providers.readKeys();
    }
    redis = RedisConnections.of(environment, clock);
    database = new DataApi(environment, DATABASE_BUDGET);
    queue = new SqsJobQueue(environment, QUEUE_BUDGET);
    embedded = new EmbeddedMetrics(environment, clock, System.out);
    metrics = new RedisFleetMetrics(redis.limits(), embedded);
    redis.onBreakerTransition(state -> metrics.count(Counter.REDIS_BREAKER_TRANSITIONS, state));
    processor =
        new JobProcessor(
            new RdsDataJobRuns(database),
            new TemplateVersions(new RdsDataTemplateStore(database)),
            new RedisResultCache(redis.cache(), clock, random, metrics),
            new RedisJobEnds(redis.limits()),
            new RedisParkedAnswers(
                redis.cache(), JobDeadline.of(environment).plus(JobProcessor.LEASE)),
            new LlmCalls(
                providers,
                prices,
                new RedisCallBudget(
                    redis.limits(),
                    new RedisRateLimiter(redis.limits(), RateLimitStore.SORTED_SET),
                    CallLimits.of(environment)),
                settings.llmTimeout(),
                metrics),
            new Backoff(random),
            UUID::randomUUID,
            settings,
            metrics);
    hooks =
        SnapshotHooks.register(
            Map.of(
                "redis", redis.limits()::check,
                "database", database::check,
                "queue", queue::check,
                "providers", providers::prime),
            redis::disconnect,
            () -> {
              redis.connectAhead();
              providers.readKeys();
            });
  }

  JobProcessor processor() {
    return processor;
  }

  SqsJobQueue queue() {
    return queue;
  }

  /** Tells what was counted: no later command of this environment may come to carry it. */
  void tellMetrics() {
    metrics.flush();
    embedded.write();
  }

  @Override
  public void close() {
    redis.close();
    database.close();
    queue.close();
  }
}
