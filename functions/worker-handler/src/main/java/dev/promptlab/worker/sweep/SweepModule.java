package dev.promptlab.worker.sweep;

import dev.promptlab.config.Environment;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.epoch.rdsdata.RdsDataChangeLog;
import dev.promptlab.epoch.redis.RedisEpoch;
import dev.promptlab.jobs.rdsdata.RdsDataJobRuns;
import dev.promptlab.jobs.redis.RedisJobEnds;
import dev.promptlab.jobs.redis.RedisSweepSchedule;
import dev.promptlab.observability.EmbeddedMetrics;
import dev.promptlab.observability.redis.RedisFleetMetrics;
import dev.promptlab.queue.sqs.SqsJobQueue;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.snapstart.SnapshotHooks;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/** The wiring of the sweep, which needs no provider's key. */
public final class SweepModule implements AutoCloseable {
  private static final Duration BUDGET = Duration.ofSeconds(20);

  private final RedisConnection redis;
  private final DataApi database;
  private final SqsJobQueue queue;
  private final RedisFleetMetrics metrics;
  private final EmbeddedMetrics embedded;
  private final JobSweeper sweeper;

  @SuppressWarnings("UnusedVariable") // Lambda's own reference is weak
  private final SnapshotHooks hooks;

  public SweepModule(Environment environment) {
    int retentionDays = environment.integer("RETENTION_DAYS", 30, 1, 3_650);
    Clock clock = Clock.systemUTC();
    redis = new RedisConnection(RedisSettings.of(environment), clock);
    database = new DataApi(environment, BUDGET);
    queue = new SqsJobQueue(environment, BUDGET);
    embedded = new EmbeddedMetrics(environment, clock, System.out);
    metrics = new RedisFleetMetrics(redis, embedded);
    sweeper =
        new JobSweeper(
            new RedisSweepSchedule(redis),
            new RdsDataJobRuns(database),
            queue,
            new RedisJobEnds(redis),
            new RedisEpoch(redis),
            new RdsDataChangeLog(database),
            retentionDays,
            metrics);
    hooks =
        SnapshotHooks.register(
            Map.of("redis", redis::check, "database", database::check, "queue", queue::check),
            redis::disconnect,
            redis::connectAhead);
  }

  public JobSweeper.Report sweep() {
    try {
      return sweeper.sweep();
    } finally {
      metrics.flush();
      embedded.write();
    }
  }

  @Override
  public void close() {
    redis.close();
    database.close();
    queue.close();
  }
}
