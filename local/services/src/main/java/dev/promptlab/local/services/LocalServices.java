package dev.promptlab.local.services;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * All the servers that PromptLab's functions need, started together: Redis, PostgreSQL with the
 * newest schema, SQS with its queues, and the RDS Data API over that PostgreSQL. Any number of them
 * may run at the same time. Thread-safe.
 *
 * <p>If one part cannot be started, the others are stopped. When the JVM ends without {@link
 * #close}, be it by an exception, Ctrl-C or SIGTERM, a shutdown hook stops the processes.
 */
public final class LocalServices implements AutoCloseable {
  private final Startup startup;
  private final Startup.Started started;

  private LocalServices(Startup startup, Startup.Started started) {
    this.startup = startup;
    this.started = started;
  }

  /**
   * Starts what is not external; Redis first and alone, then the others at the same time.
   *
   * @param progress is given one line for each part that has started
   * @throws LocalServicesException if one of them cannot be started or reached, or the data folder
   *     cannot be used; nothing is left running then
   */
  public static LocalServices start(LocalServicesSettings settings, Consumer<String> progress) {
    Startup startup = new Startup(settings, progress);
    try {
      return new LocalServices(startup, startup.run());
    } catch (RuntimeException e) {
      try {
        startup.close();
      } catch (RuntimeException whileStopping) {
        e.addSuppressed(whileStopping);
      }
      throw e;
    }
  }

  /** The environment variables with which PromptLab's functions find these servers. */
  public Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    environment.put("REDIS_URL", started.redisUrl().toString());
    environment.put("AWS_REGION", "us-east-1");
    environment.put("AWS_ACCESS_KEY_ID", "local");
    environment.put("AWS_SECRET_ACCESS_KEY", "local");
    environment.put("AWS_ENDPOINT_URL_SQS", started.sqsEndpoint().toString());
    environment.put("AWS_ENDPOINT_URL_RDS_DATA", started.database().dataApi().toString());
    environment.put("QUEUE_URL", started.queues().jobsUrl());
    environment.put("DEAD_LETTER_QUEUE_URL", started.queues().deadLettersUrl());
    environment.put("DATABASE_RESOURCE_ARN", LocalRdsData.RESOURCE_ARN);
    environment.put("DATABASE_SECRET_ARN", LocalRdsData.SECRET_ARN);
    environment.put("DATABASE_NAME", started.database().name());
    return Map.copyOf(environment);
  }

  /** Where Redis listens. */
  public String redisUrl() {
    return started.redisUrl().toString();
  }

  /** Where a JDBC driver finds the database; it may hold a password. */
  public String jdbcUrl() {
    return started.database().jdbcUrl();
  }

  /** Where the SDK finds SQS. */
  public String sqsEndpoint() {
    return started.sqsEndpoint().toString();
  }

  /** Where the SDK finds the RDS Data API. */
  public String rdsDataEndpoint() {
    return started.database().dataApi().toString();
  }

  /** The queue of jobs. */
  public String queueUrl() {
    return started.queues().jobsUrl();
  }

  /** The queue of messages that were received too often. */
  public String deadLetterQueueUrl() {
    return started.queues().deadLettersUrl();
  }

  /** The built-in Redis, for tests that disturb it; empty if an external one is used. */
  public Optional<LocalRedis> redis() {
    return started.redis();
  }

  /** Stops everything that was started here, the last first. Does nothing the second time. */
  @Override
  public void close() {
    startup.close();
  }
}
