package dev.promptlab.generate;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JavaType;
import dev.promptlab.accounts.ApiKey;
import dev.promptlab.accounts.KeyHash;
import dev.promptlab.accounts.rdsdata.RdsDataAccountStore;
import dev.promptlab.cache.Invalidations;
import dev.promptlab.cache.rdsdata.RdsDataInvalidationStore;
import dev.promptlab.cache.redis.RedisInvalidationChannel;
import dev.promptlab.cache.redis.RedisPopularity;
import dev.promptlab.cache.redis.RedisResultCache;
import dev.promptlab.config.Environment;
import dev.promptlab.epoch.EpochCopy;
import dev.promptlab.epoch.rdsdata.RdsDataChangeLog;
import dev.promptlab.epoch.redis.RedisEpoch;
import dev.promptlab.epoch.redis.RedisSharedCopy;
import dev.promptlab.flight.redis.RedisFlight;
import dev.promptlab.jobs.rdsdata.RdsDataJobStore;
import dev.promptlab.jobs.redis.RedisJobEnds;
import dev.promptlab.jobs.redis.RedisJobWaits;
import dev.promptlab.jobs.redis.RedisParkedAnswers;
import dev.promptlab.jobs.redis.RedisSweepSchedule;
import dev.promptlab.json.StrictJson;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.EmbeddedMetrics;
import dev.promptlab.observability.redis.RedisFleetMetrics;
import dev.promptlab.queue.sqs.SqsJobQueue;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisConnections;
import dev.promptlab.redis.RedisSubscriptions;
import dev.promptlab.snapstart.SnapshotHooks;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.rdsdata.RdsDataTemplateStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The wiring of this function: the only place that constructs its adapters. */
final class GenerateModule implements AutoCloseable {
  /** The gateway gives up after 30 s: a caller must get our own answer before. */
  private static final Duration DATABASE_BUDGET = Duration.ofSeconds(10);

  private static final Duration QUEUE_BUDGET = Duration.ofSeconds(5);
  private static final int REMEMBERED_KEYS = 10_000;
  private static final int REMEMBERED_TEMPLATES = 1_000;

  private final RedisConnections redis;
  private final DataApi database;
  private final SqsJobQueue queue;
  private final EmbeddedMetrics embedded;
  private final Router router;
  private final RedisSubscriptions subscriptions;

  @SuppressWarnings("UnusedVariable") // Lambda's own reference is weak
  private final SnapshotHooks hooks;

  GenerateModule(Environment environment) {
    Clock clock = Clock.systemUTC();
    GenerateSettings settings = GenerateSettings.of(environment);
    RateLimitStore store = RateLimitStore.of(environment);
    embedded = new EmbeddedMetrics(environment, clock, System.out);
    redis = RedisConnections.of(environment, clock);
    redis.connectAhead();
    database = new DataApi(environment, DATABASE_BUDGET);
    queue = new SqsJobQueue(environment, QUEUE_BUDGET);
    subscriptions = new RedisSubscriptions(redis.limits(), clock);
    Ports ports = ports(settings, new RedisRateLimiter(redis.limits(), store), clock);
    Api api = new Api(ports, settings, clock);
    api.listen();
    router = api.router();
    hooks = hooks(new Priming(ports, settings, clock));
  }

  private SnapshotHooks hooks(Priming priming) {
    Map<String, Runnable> steps = new LinkedHashMap<>();
    steps.put("a hit", priming::hit);
    steps.put("a request that is refused", priming::refusedRequest);
    steps.put("the queue", queue::check);
    return SnapshotHooks.register(steps, this::suspend, this::resume);
  }

  private void suspend() {
    subscriptions.suspend();
    redis.disconnect();
  }

  private void resume() {
    redis.connectAhead();
    subscriptions.resume();
  }

  private Ports ports(GenerateSettings settings, RedisRateLimiter limiter, Clock clock) {
    RedisConnection limits = redis.limits();
    RdsDataAccountStore accounts = new RdsDataAccountStore(database);
    RdsDataTemplateStore templates = new RdsDataTemplateStore(database);
    RdsDataInvalidationStore invalidations =
        new RdsDataInvalidationStore(database, settings.cacheTtl(), settings.jobDeadline());
    RedisFleetMetrics metrics = new RedisFleetMetrics(limits, embedded);
    redis.onBreakerTransition(state -> metrics.count(Counter.REDIS_BREAKER_TRANSITIONS, state));
    RedisResultCache cache =
        new RedisResultCache(redis.cache(), clock, new SecureRandom(), metrics);
    RedisEpoch epoch = new RedisEpoch(limits);
    RedisPopularity popularity = new RedisPopularity(limits, clock);
    return new Ports(
        accounts,
        templates,
        invalidations,
        new RedisInvalidationChannel(limits, subscriptions),
        new RdsDataJobStore(database, settings.dailyBudget()),
        new RedisSweepSchedule(limits),
        new RedisJobEnds(limits),
        new RedisParkedAnswers(redis.cache(), settings.jobDeadline()),
        new RedisJobWaits(limits, subscriptions, settings.maxWaiters()),
        queue,
        cache,
        new RedisFlight(limits, limiter, epoch, cache, metrics, popularity),
        limiter,
        epoch,
        new RdsDataChangeLog(database),
        metrics,
        popularity,
        new Copies(
            copy(
                "key",
                KeyHash::hex,
                new TypeReference<Optional<ApiKey>>() {},
                accounts::find,
                REMEMBERED_KEYS),
            copy(
                "template",
                Function.identity(),
                new TypeReference<Optional<PromptTemplate>>() {},
                templates::current,
                REMEMBERED_TEMPLATES),
            copy(
                "invalidations",
                Function.identity(),
                new TypeReference<Invalidations>() {},
                _ -> invalidations.current(),
                1)),
        healthChecks());
  }

  private <K, V> EpochCopy<K, V> copy(
      String name,
      Function<K, String> keyText,
      TypeReference<V> type,
      Function<K, V> database,
      int maxEntries) {
    JavaType valueType = StrictJson.mapper().getTypeFactory().constructType(type);
    return new EpochCopy<>(
        new RedisSharedCopy<>(redis.limits(), name, keyText, valueType), database, maxEntries);
  }

  private Map<String, Runnable> healthChecks() {
    Map<String, Runnable> checks = new LinkedHashMap<>();
    checks.put("redis", redis.limits()::check);
    if (!redis.shared()) {
      checks.put("cache", redis.cache()::check);
    }
    checks.put("database", database::check);
    checks.put("queue", queue::check);
    return checks;
  }

  Router router() {
    return router;
  }

  EmbeddedMetrics embedded() {
    return embedded;
  }

  @Override
  public void close() {
    // First, as it may be about to connect.
    subscriptions.suspend();
    redis.close();
    database.close();
    queue.close();
  }
}
