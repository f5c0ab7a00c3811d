package dev.promptlab.worker.warming;

import dev.promptlab.cache.Popularity;
import dev.promptlab.cache.redis.RedisLastWarming;
import dev.promptlab.cache.redis.RedisPopularity;
import dev.promptlab.cache.redis.RedisResultCache;
import dev.promptlab.config.Environment;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.generation.ConfiguredProviders;
import dev.promptlab.generation.DefaultModels;
import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.CostBound;
import dev.promptlab.jobs.JobDeadline;
import dev.promptlab.jobs.UuidV7;
import dev.promptlab.jobs.rdsdata.RdsDataJobStore;
import dev.promptlab.jobs.rdsdata.RdsDataStoredResults;
import dev.promptlab.jobs.redis.RedisSweepSchedule;
import dev.promptlab.observability.EmbeddedMetrics;
import dev.promptlab.observability.redis.RedisFleetMetrics;
import dev.promptlab.pricing.DailyBudget;
import dev.promptlab.pricing.PriceTable;
import dev.promptlab.queue.JobIntake;
import dev.promptlab.queue.sqs.SqsJobQueue;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.snapstart.SnapshotHooks;
import dev.promptlab.templates.rdsdata.RdsDataTemplateStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The wiring of the warming, which needs no provider's key. What is popular and the metrics are on
 * the limiter's Redis; each cache that can be warmed is on its own.
 */
final class WarmingModule implements AutoCloseable {
  private static final Duration DATABASE_BUDGET = Duration.ofSeconds(10);
  private static final Duration QUEUE_BUDGET = Duration.ofSeconds(5);

  private final Clock clock = Clock.systemUTC();
  private final WarmingSettings settings;
  private final Map<RedisSettings, RedisConnection> connections = new HashMap<>();
  private final DataApi database;
  private final SqsJobQueue queue;
  private final EmbeddedMetrics embedded;
  private final RedisFleetMetrics metrics;
  private final Popularity popularity;
  private final Regeneration regeneration;
  private final Map<String, CacheWarmer> warmers = new HashMap<>();

  @SuppressWarnings("UnusedVariable") // Lambda's own reference is weak
  private final SnapshotHooks hooks;

  WarmingModule(Environment environment) {
    settings = WarmingSettings.of(environment);
    Set<Provider> providers = ConfiguredProviders.of(environment);
    CostBound costBound =
        new CostBound(PriceTable.of(environment), DefaultModels.of(environment, providers));
    Duration deadline = JobDeadline.of(environment);
    RedisConnection limits = connection(WarmingSettings.patient(RedisSettings.of(environment)));
    database = new DataApi(environment, DATABASE_BUDGET);
    queue = new SqsJobQueue(environment, QUEUE_BUDGET);
    embedded = new EmbeddedMetrics(environment, clock, System.out);
    metrics = new RedisFleetMetrics(limits, embedded);
    popularity = new RedisPopularity(limits, clock);
    regeneration =
        new Regeneration(
            providers,
            new RdsDataTemplateStore(database),
            new JobIntake(
                new RdsDataJobStore(database, DailyBudget.of(environment)),
                new RedisSweepSchedule(limits),
                queue),
            costBound,
            new UuidV7(clock),
            deadline,
            metrics);
    settings.targets().forEach((name, target) -> warmers.put(name, warmer(connection(target))));
    hooks =
        SnapshotHooks.register(
            Map.of("redis", limits::check, "database", database::check, "queue", queue::check),
            () -> connections.values().forEach(RedisConnection::disconnect),
            limits::connectAhead);
  }

  private RedisConnection connection(RedisSettings of) {
    return connections.computeIfAbsent(of, it -> new RedisConnection(it, clock));
  }

  private CacheWarmer warmer(RedisConnection target) {
    return new CacheWarmer(
        popularity,
        new RedisLastWarming(target),
        new RedisResultCache(target, clock, new SecureRandom(), metrics),
        new RdsDataStoredResults(database),
        regeneration,
        settings,
        metrics);
  }

  /** The names of what can be warmed. */
  Set<String> targets() {
    return settings.targets().keySet();
  }

  Duration interval() {
    return settings.interval();
  }

  CacheWarmer.Report warm(WarmingRequest request, BooleanSupplier timeLeft) {
    try {
      return Objects.requireNonNull(warmers.get(request.redis())).warm(timeLeft);
    } finally {
      metrics.flush();
      embedded.write();
    }
  }

  @Override
  public void close() {
    connections.values().forEach(RedisConnection::close);
    database.close();
    queue.close();
  }
}
