package dev.promptlab.generate;

import dev.promptlab.cache.redis.RedisResultCache;
import dev.promptlab.config.Environment;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.generation.ConfiguredProviders;
import dev.promptlab.jobs.rdsdata.RdsDataJobStore;
import dev.promptlab.queue.sqs.SqsJobQueue;
import dev.promptlab.ratelimit.RateLimits;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.templates.TemplateCatalog;
import dev.promptlab.templates.rdsdata.RdsDataTemplateStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;

/** The wiring of this function: the only place that constructs its adapters. */
final class GenerateModule implements AutoCloseable {
  /** The gateway gives up after 30 s: a caller must get our own answer before. */
  private static final Duration DATABASE_BUDGET = Duration.ofSeconds(10);

  private static final Duration QUEUE_BUDGET = Duration.ofSeconds(5);

  private final RedisConnection redis;
  private final DataApi database;
  private final SqsJobQueue queue;
  private final Router router;

  GenerateModule(Environment environment) {
    Clock clock = Clock.systemUTC();
    RateLimits limits = new RateLimits(environment);
    CallerIdentification callers =
        new CallerIdentification(environment.flag("ANONYMOUS_ACCESS", false));
    Duration deadline =
        environment.seconds(
            "JOB_DEADLINE_SECONDS",
            Duration.ofMinutes(10),
            Duration.ofSeconds(10),
            Duration.ofHours(12));
    redis = new RedisConnection(RedisSettings.of(environment), clock);
    database = new DataApi(environment, DATABASE_BUDGET);
    queue = new SqsJobQueue(environment, QUEUE_BUDGET);
    RdsDataJobStore jobs = new RdsDataJobStore(database);
    GenerateService service =
        new GenerateService(
            ConfiguredProviders.of(environment),
            new TemplateCatalog(new RdsDataTemplateStore(database), clock),
            new RedisResultCache(redis, clock, new SecureRandom()),
            jobs,
            queue,
            new UuidV7(clock),
            deadline);
    router =
        new Router(
            new GenerateResource(callers, new RedisRateLimiter(redis), limits, service, clock),
            new JobsResource(callers, jobs));
  }

  Router router() {
    return router;
  }

  @Override
  public void close() {
    redis.close();
    database.close();
    queue.close();
  }
}
