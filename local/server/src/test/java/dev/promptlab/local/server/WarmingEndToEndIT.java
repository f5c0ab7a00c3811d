package dev.promptlab.local.server;

import static dev.promptlab.local.server.RunningPromptLab.body;
import static dev.promptlab.local.server.RunningPromptLab.newCaller;
import static dev.promptlab.local.server.RunningPromptLab.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.config.Environment;
import dev.promptlab.local.server.function.LambdaContext;
import dev.promptlab.worker.warming.CacheWarmingHandler;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The warming's own handler, against a whole PromptLab whose cache loses what it has. */
class WarmingEndToEndIT {
  private static final RunningPromptLab promptLab = RunningPromptLab.start(Map.of());
  private static final CacheWarmingHandler warming = warming(promptLab);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient caller = newCaller();

  @AfterAll
  static void stop() {
    warming.close();
    promptLab.close();
  }

  private static CacheWarmingHandler warming(RunningPromptLab of) {
    return new CacheWarmingHandler(Environment.of(of.promptLab().environment()));
  }

  private static Map<String, Object> warm(CacheWarmingHandler handler) {
    return handler.handleRequest(
        Map.of("redis", "default"), new LambdaContext("warming", 512, Duration.ofMinutes(2)));
  }

  private static String redis(RunningPromptLab of, String... command) {
    try {
      // The last line answers the end of the connection.
      return RedisWire.send(of.redis().port(), command).replaceFirst("\\r\\n\\+OK\\r\\n$", "");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String redis(String... command) {
    return redis(promptLab, command);
  }

  private static String hash(RunningPromptLab of, String jobId) {
    HttpResponse<String> job = send(newCaller(), of.request("/jobs/" + jobId).build());
    return body(job).path("inputHash").asText();
  }

  private static String key(String hash) {
    return "gen:job:hash:" + hash;
  }

  /** Asks again until that is counted more than once: counts travel with later requests. */
  private static void untilPopular(RunningPromptLab of, String input, String hash) {
    untilCounted(of, input, hash);
    untilCounted(of, input, hash);
  }

  private static void untilCounted(RunningPromptLab of, String input, String hash) {
    String before = score(of, hash);
    long end = System.nanoTime() + PATIENCE.toNanos();
    do {
      assertThat(System.nanoTime()).as("not counted in time").isLessThan(end);
      // Each time of another budget, so that waiting is not limited.
      assertThat(hit(send(newCaller(), of.generate(input)))).isTrue();
    } while (score(of, hash).equals(before));
  }

  private static String score(RunningPromptLab of, String hash) {
    return redis(of, "ZSCORE", "promptlab:popular", hash);
  }

  private static boolean hit(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isIn(200, 202);
    return response.headers().firstValue("x-cache").orElseThrow().equals("HIT");
  }

  private void invalidate(String hash) {
    HttpResponse<String> answer =
        send(
            caller,
            promptLab
                .request("/cache/invalidate")
                .header("X-Api-Key", promptLab.adminKey())
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"inputHash\":\"%s\",\"reason\":\"a test\"}".formatted(hash)))
                .build());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void putsBackWhatTheCacheHasLost_soThatTheNextRequestIsAHit() {
    String jobId = promptLab.completed("lost and found");
    String hash = hash(promptLab, jobId);
    untilPopular(promptLab, "lost and found", hash);
    String entry = redis("GETRANGE", key(hash), "0", "8");
    int calls = promptLab.llm().calls();
    assertThat(redis("DEL", key(hash))).isEqualTo(":1");

    assertThat(warm(warming))
        .doesNotContainEntry("warmed", 0)
        .containsEntry("failed", 0)
        .containsEntry("complete", true);

    assertThat(redis("GETRANGE", key(hash), "0", "8")).isEqualTo(entry);
    HttpResponse<String> next = send(caller, promptLab.generate("lost and found"));
    assertThat(hit(next)).isTrue();
    assertThat(body(next).path("jobId").asText()).isEqualTo(jobId);
    assertThat(promptLab.llm().calls()).isEqualTo(calls);
  }

  @Test
  void bringsNothingBackThatWasInvalidated_norDoesALateWriteOfAWarming() {
    String jobId = promptLab.completed("withdrawn");
    String hash = hash(promptLab, jobId);
    untilPopular(promptLab, "withdrawn", hash);
    assertThat(redis("COPY", key(hash), "{" + key(hash) + "}:late")).isEqualTo(":1");
    invalidate(hash);

    warm(warming);
    assertThat(redis("EXISTS", key(hash))).isEqualTo(":0");

    // As by a warming that had read the result before the invalidation and writes it now.
    assertThat(redis("RENAME", "{" + key(hash) + "}:late", key(hash))).isEqualTo("+OK");
    HttpResponse<String> next = send(caller, promptLab.generate("withdrawn"));
    assertThat(hit(next)).isFalse();
    assertThat(body(next).path("jobId").asText()).isNotEqualTo(jobId);
  }

  @Test
  void isRefused_whenTheEventIsUnusable() {
    LambdaContext context = new LambdaContext("warming", 512, Duration.ofMinutes(2));
    assertThatThrownBy(() -> warming.handleRequest(Map.of(), context))
        .hasMessageStartingWith("the event must be {\"redis\": NAME}");
    assertThatThrownBy(() -> warming.handleRequest(Map.of("redis", "eu"), context))
        .hasMessageStartingWith("the event names a Redis that is not configured");
  }

  @Test
  void makesAnewWhatExpiresSoon_andFailsOnceRedisIsGone() {
    try (RunningPromptLab other =
            RunningPromptLab.start(Map.of("CACHE_TTL_SECONDS", "600", "WARM_REGENERATE", "1"));
        CacheWarmingHandler regenerating = warming(other)) {
      String jobId = other.completed("evergreen");
      String hash = hash(other, jobId);
      untilPopular(other, "evergreen", hash);
      int calls = other.llm().calls();

      assertThat(warm(regenerating))
          .containsEntry("regenerated", 1)
          .containsEntry("failed", 0)
          .containsEntry("complete", true);

      JsonNode young = awaitAnother(other, "evergreen", jobId);
      assertThat(young.path("inputHash").asText()).isEqualTo(hash);
      assertThat(other.llm().calls()).isEqualTo(calls + 1);

      other.redis().kill();
      assertThatThrownBy(() -> warm(regenerating))
          .hasMessageStartingWith("the cache could not be asked");
    }
  }

  /** The answer to a request, once it is that of a younger job. */
  private static JsonNode awaitAnother(RunningPromptLab of, String input, String jobId) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      HttpResponse<String> response = send(newCaller(), of.generate(input));
      assertThat(hit(response)).isTrue();
      if (!body(response).path("jobId").asText().equals(jobId)) {
        return body(response);
      }
      assertThat(System.nanoTime()).as("no younger job in time").isLessThan(end);
    }
  }
}
