package dev.promptlab.local.server;

import static dev.promptlab.local.server.RunningPromptLab.body;
import static dev.promptlab.local.server.RunningPromptLab.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.local.services.LocalRedis;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The cache has a Redis of its own, and something is wrong with that: every request is served, from
 * the database, and no answer that was paid for is lost. Prints a table of {@code
 * docs/reliability.md}.
 */
class CacheFaultsIT {
  private static final int ASKED = 60;
  private static final String KNOWN = "known";

  @TempDir private static Path folder;
  private static final Parts parts = new Parts();
  private static final List<String> table = new ArrayList<>();
  private static LocalRedis cache;
  private static RunningPromptLab promptLab;

  /** Something that is wrong with the cache's Redis for a while. */
  @SuppressWarnings("ImmutableEnumChecker") // its steps have no state
  enum Fault {
    FROZEN("frozen (SIGSTOP)", () -> cache.suspend(), () -> cache.resume()),
    KILLED("killed (SIGKILL)", () -> cache.kill(), () -> cache.restart()),
    FULL(
        "full (noeviction)",
        () -> command("CONFIG", "SET", "maxmemory", "1"),
        () -> command("CONFIG", "SET", "maxmemory", "0"));

    private final String text;
    private final Step begin;
    private final Step end;

    Fault(String text, Step begin, Step end) {
      this.text = text;
      this.begin = begin;
      this.end = end;
    }
  }

  /** Begins or ends a fault. */
  interface Step {
    void take() throws IOException;
  }

  private static void command(String... words) throws IOException {
    assertThat(RedisWire.send(cache.port(), words)).startsWith("+OK");
  }

  @BeforeAll
  static void start() {
    cache = parts.add(LocalRedis.start(Optional.of(folder)));
    promptLab =
        parts.add(
            RunningPromptLab.start(
                Map.of(
                    "REDIS_CACHE_URL", cache.url().toString(), "RATE_LIMITS", "anonymous=100000")));
    promptLab.completed(KNOWN);
  }

  @AfterAll
  static void stop() {
    System.out.println("| the cache's Redis | `POST /generate`, known | requests | p50 | p99 |");
    System.out.println("|---|---|---|---|---|");
    table.forEach(System.out::println);
    parts.close();
  }

  @ParameterizedTest
  @EnumSource
  void servesFromTheDatabase_andLosesNothingPaidFor_whenTheCacheIs(Fault fault) throws Exception {
    HttpClient caller = RunningPromptLab.newCaller();
    long errors = cacheErrors();
    int calls = promptLab.llm().calls();
    String input = "new while " + fault;

    fault.begin.take();
    List<Long> nanos = new ArrayList<>();
    try {
      for (int i = 0; i < ASKED; i++) {
        long began = System.nanoTime();
        HttpResponse<String> known = send(caller, promptLab.generate(KNOWN));
        nanos.add(System.nanoTime() - began);
        assertHit(known);
      }
      String jobId = promptLab.completed(input);
      HttpResponse<String> again = send(caller, promptLab.generate(input));
      assertHit(again);
      assertThat(body(again).path("jobId").asText()).isEqualTo(jobId);
    } finally {
      fault.end.take();
    }
    assertThat(promptLab.llm().calls() - calls).isEqualTo(1);
    assertThat(cacheErrors()).isGreaterThan(errors);
    awaitCachedAgain(caller, input);
    table.add(
        "| %s | is served | %d | %s | %s |"
            .formatted(fault.text, ASKED, millis(nanos, 0.5), millis(nanos, 0.99)));
  }

  private static void assertHit(HttpResponse<String> reply) {
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    assertThat(reply.headers().firstValue("x-cache")).hasValue("HIT");
  }

  /** The result fills the cache again as soon as that answers. */
  private static void awaitCachedAgain(HttpClient caller, String input) throws IOException {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    HttpResponse<String> hit = send(caller, promptLab.generate(input));
    String entry = "gen:job:hash:" + body(hit).path("inputHash").asText();
    while (RedisWire.number(cache.port(), "EXISTS", entry) == 0) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      assertHit(send(caller, promptLab.generate(input)));
    }
  }

  private static long cacheErrors() {
    HttpRequest request =
        promptLab.request("/metrics").header("X-Api-Key", promptLab.adminKey()).build();
    return send(RunningPromptLab.newCaller(), request)
        .body()
        .lines()
        .filter(line -> line.startsWith("cache_errors_total "))
        .mapToLong(line -> Long.parseLong(line.substring("cache_errors_total ".length())))
        .sum();
  }

  private static String millis(List<Long> nanos, double quantile) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    return "%.1f ms".formatted(sorted[(int) Math.ceil(sorted.length * quantile) - 1] / 1_000_000.0);
  }
}
