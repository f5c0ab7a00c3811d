package dev.promptlab.local.server;

import static dev.promptlab.local.server.RunningPromptLab.send;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A whole PromptLab with {@code RATE_LIMIT_STORE=ring}. */
class RingStoreIT {
  private static final int LIMIT = 20;
  private static final int THREADS = 4;
  private static final RunningPromptLab promptLab =
      RunningPromptLab.start(
          Map.of(
              "RATE_LIMIT_STORE",
              "ring",
              "RATE_LIMITS",
              "anonymous=" + LIMIT,
              // No slot frees while this runs, however slow the machine is.
              "RATE_LIMIT_WINDOW_SECONDS",
              "3600",
              "REDIS_COMMAND_TIMEOUT_MS",
              "5000"));

  @AfterAll
  static void stop() {
    promptLab.close();
  }

  @Test
  void admitsExactlyTheLimit_whenOneCallerAsksFromManyThreads() throws Exception {
    promptLab.completed("one for all");
    HttpClient caller = RunningPromptLab.newCaller();
    List<Integer> statuses = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      Callable<List<Integer>> asking = () -> statuses(caller, LIMIT);
      for (Future<List<Integer>> asked : threads.invokeAll(Collections.nCopies(THREADS, asking))) {
        statuses.addAll(asked.get());
      }
    }
    assertThat(statuses).hasSize(THREADS * LIMIT).containsOnly(200, 429);
    assertThat(statuses).filteredOn(status -> status == 200).hasSize(LIMIT);
    assertThat(keys("api-ratelimit-ring:*")).contains("api-ratelimit-ring:");
    assertThat(keys("api-ratelimit:*")).doesNotContain("api-ratelimit:");
  }

  private static List<Integer> statuses(HttpClient caller, int requests) {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      HttpResponse<String> reply = send(caller, promptLab.generate("one for all"));
      statuses.add(reply.statusCode());
    }
    return statuses;
  }

  private static String keys(String pattern) throws IOException {
    return RedisWire.send(promptLab.redis().port(), "KEYS", pattern);
  }
}
