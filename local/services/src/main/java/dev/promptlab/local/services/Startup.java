package dev.promptlab.local.services;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Starts the parts of a {@link LocalServices} and owns them from the moment that they run. */
final class Startup implements AutoCloseable {
  private final LocalServicesSettings settings;
  private final Progress progress;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  Startup(LocalServicesSettings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = new Progress(progress);
  }

  /** What the functions need to know of everything that runs. */
  record Started(
      URI redisUrl,
      Optional<LocalRedis> redis,
      Database database,
      URI sqsEndpoint,
      Queues queues) {}

  /** The database and the Data API over it. */
  record Database(String jdbcUrl, String name, URI dataApi) {}

  private record Redis(URI url, Optional<LocalRedis> own) {}

  private record Sqs(URI endpoint, Queues queues) {}

  /** Starts everything; what has been started is still to be closed if this throws. */
  Started run() {
    Redis redis = progress.timed("Redis", this::startRedis, started -> started.url().toString());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Database> database =
          CompletableFuture.supplyAsync(this::startDatabase, threads);
      CompletableFuture<Sqs> sqs = CompletableFuture.supplyAsync(this::startSqs, threads);
      CompletableFuture.allOf(database, sqs).join();
      return new Started(
          redis.url(), redis.own(), database.join(), sqs.join().endpoint(), sqs.join().queues());
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private Redis startRedis() {
    if (settings.redisUrl().isPresent()) {
      return new Redis(ExternalServers.redis(settings.redisUrl().get()), Optional.empty());
    }
    LocalRedis started = own(LocalRedis.start(settings.data().map(data -> data.resolve("redis"))));
    return new Redis(started.url(), Optional.of(started));
  }

  private Database startDatabase() {
    String jdbcUrl =
        progress.timed("PostgreSQL", this::startPostgres, ExternalServers::withoutPassword);
    URI dataApi =
        progress.timed(
            "RDS Data API",
            () -> own(LocalRdsData.start(Databases.source(jdbcUrl))).endpoint(),
            URI::toString);
    return new Database(jdbcUrl, Databases.name(jdbcUrl), dataApi);
  }

  private String startPostgres() {
    String jdbcUrl =
        settings.databaseUrl().isPresent()
            ? ExternalServers.database(settings.databaseUrl().get())
            : own(LocalPostgres.start(settings.data().map(data -> data.resolve("postgres"))))
                .jdbcUrl();
    Databases.migrate(Databases.source(jdbcUrl));
    return jdbcUrl;
  }

  private Sqs startSqs() {
    return progress.timed(
        "SQS",
        () -> {
          if (settings.sqsEndpoint().isPresent()) {
            URI endpoint = settings.sqsEndpoint().get();
            return new Sqs(endpoint, Queues.create(endpoint));
          }
          LocalSqs started = own(LocalSqs.start());
          return new Sqs(started.endpoint(), started.queues());
        },
        started -> started.endpoint().toString());
  }

  private <T extends AutoCloseable> T own(T part) {
    synchronized (parts) {
      parts.push(part);
    }
    return part;
  }

  /** Stops what has been started, the last first. Does nothing the second time. */
  @Override
  public void close() {
    synchronized (parts) {
      List<RuntimeException> failures = new ArrayList<>();
      while (!parts.isEmpty()) {
        close(parts.pop(), failures);
      }
      if (!failures.isEmpty()) {
        RuntimeException first = failures.removeFirst();
        failures.forEach(first::addSuppressed);
        throw first;
      }
    }
  }

  private static void close(AutoCloseable part, List<RuntimeException> failures) {
    try {
      part.close();
    } catch (RuntimeException e) {
      failures.add(e);
    } catch (Exception e) {
      failures.add(
          new LocalServicesException(
              "A server could not be stopped: " + LocalServicesException.reason(e), e));
    }
  }
}
