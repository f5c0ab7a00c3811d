package dev.promptlab.local.server;

import dev.promptlab.local.server.function.LocalFunction;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * EventBridge Scheduler for one function: calls it again and again. A run that fails is logged and
 * the next one happens all the same; there are never two at once.
 */
final class Scheduler implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Scheduler.class);

  private final LocalFunction<Map<String, Object>, Map<String, Object>> function;
  private final Supplier<Map<String, Object>> payload;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("scheduler").factory());

  Scheduler(
      LocalFunction<Map<String, Object>, Map<String, Object>> function,
      Supplier<Map<String, Object>> payload) {
    this.function = function;
    this.payload = payload;
  }

  /** The pause is counted from a run's end, so that a long run is not followed by a burst. */
  void start(Duration first, Duration period) {
    var _ =
        executor.scheduleWithFixedDelay(
            this::run, first.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Starts no more runs and waits for the one under way, {@code grace} at most. */
  boolean stop(Duration grace) throws InterruptedException {
    executor.shutdown();
    return executor.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private void run() {
    try {
      function.invoke(payload.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // An exception that leaves here would end the schedule.
      log.error("{} could not be called", function.name(), e);
    }
  }

  /** What the scheduler calls a function with, where nothing else is said. */
  static Map<String, Object> usualPayload(String function, String region, Clock clock) {
    return Map.of(
        "version", "0",
        "id", UUID.randomUUID().toString(),
        "detail-type", "Scheduled Event",
        "source", "aws.scheduler",
        "account", "123456789012",
        "time", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
        "region", region,
        "resources",
            List.of(
                "arn:aws:scheduler:%s:123456789012:schedule/default/%s"
                    .formatted(region, function)),
        "detail", "{}");
  }
}
