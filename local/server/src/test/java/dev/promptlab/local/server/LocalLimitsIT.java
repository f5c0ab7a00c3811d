package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.config.Environment;
import dev.promptlab.generate.GenerateHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * {@code RATE_LIMIT_ON_FAILURE=local}: several instances that each ask as fast as they can, before,
 * during and after an outage of Redis.
 */
class LocalLimitsIT {
  private static final int INSTANCES = 3;
  private static final int LIMIT = 30;
  private static final Duration WINDOW = Duration.ofSeconds(2);
  private static final Duration PHASE = WINDOW.plusMillis(500);

  /** An admission: it was decided between these times. */
  private record Admitted(long began, long ended, boolean degraded) {}

  @Test
  void admitsNoMoreThanTheLimitInAnOutage_andTwiceThatAcrossItsEnds() throws Exception {
    List<Admitted> admitted = new ArrayList<>();
    long outageBegan;
    long outageEnded;
    try (Parts parts = new Parts()) {
      RunningPromptLab promptLab = parts.add(RunningPromptLab.start(Map.of()));
      promptLab.completed("shared out");
      Map<String, String> settings = new TreeMap<>(promptLab.promptLab().environment());
      settings.put("RATE_LIMITS", "anonymous=" + LIMIT);
      settings.put("RATE_LIMIT_WINDOW_SECONDS", Long.toString(WINDOW.toSeconds()));
      settings.put("RATE_LIMIT_ON_FAILURE", "local");
      settings.put("INSTANCES", Integer.toString(INSTANCES));
      AtomicBoolean over = new AtomicBoolean();
      ExecutorService threads = parts.add(Executors.newVirtualThreadPerTaskExecutor());
      List<Future<List<Admitted>>> instances = new ArrayList<>();
      for (int i = 0; i < INSTANCES; i++) {
        GenerateHandler handler = parts.add(new GenerateHandler(Environment.of(settings)));
        instances.add(threads.submit(() -> asked(handler, over)));
      }
      // The windows that pass are what is tested.
      TimeUnit.NANOSECONDS.sleep(PHASE.toNanos());
      promptLab.redis().suspend();
      outageBegan = System.nanoTime();
      TimeUnit.NANOSECONDS.sleep(PHASE.multipliedBy(2).toNanos());
      outageEnded = System.nanoTime();
      promptLab.redis().resume();
      TimeUnit.NANOSECONDS.sleep(PHASE.toNanos());
      over.set(true);
      for (Future<List<Admitted>> instance : instances) {
        admitted.addAll(instance.get());
      }
    }
    List<Admitted> inside =
        admitted.stream()
            .filter(it -> it.began() >= outageBegan && it.ended() <= outageEnded)
            .toList();
    System.out.printf(
        "%d instances, limit %d in %d s: at most %d in a window, %d in one inside the outage%n",
        INSTANCES, LIMIT, WINDOW.toSeconds(), most(admitted), most(inside));
    assertThat(inside).isNotEmpty().allMatch(Admitted::degraded);
    assertThat(most(inside)).isLessThanOrEqualTo(LIMIT);
    assertThat(most(admitted)).isLessThanOrEqualTo(2 * LIMIT);
    assertThat(admitted).filteredOn(it -> it.began() > outageEnded && !it.degraded()).isNotEmpty();
  }

  /** How many were decided in one window for certain. */
  private static long most(List<Admitted> admitted) {
    return admitted.stream()
        .mapToLong(
            first ->
                admitted.stream()
                    .filter(it -> it.began() >= first.began())
                    .filter(it -> it.ended() - first.began() < WINDOW.toNanos())
                    .count())
        .max()
        .orElse(0);
  }

  private static List<Admitted> asked(GenerateHandler handler, AtomicBoolean over) {
    List<Admitted> admitted = new ArrayList<>();
    while (!over.get()) {
      long began = System.nanoTime();
      APIGatewayV2HTTPResponse reply = HandlerCalls.generate(handler, "shared out");
      if (reply.getStatusCode() == 200) {
        boolean degraded =
            reply.getHeaders().keySet().stream()
                .anyMatch(name -> name.equalsIgnoreCase("X-RateLimit-Degraded"));
        admitted.add(new Admitted(began, System.nanoTime(), degraded));
      } else {
        assertThat(reply.getStatusCode()).as(reply.getBody()).isIn(429, 503);
      }
    }
    return admitted;
  }
}
