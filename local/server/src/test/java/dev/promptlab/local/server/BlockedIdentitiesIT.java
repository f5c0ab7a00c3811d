package dev.promptlab.local.server;

import static dev.promptlab.local.server.RunningPromptLab.body;
import static dev.promptlab.local.server.RunningPromptLab.send;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Who is over the limit is refused without asking Redis, but not for a millisecond too long. What
 * is asserted holds however slow the machine is: it compares when requests began and ended.
 */
class BlockedIdentitiesIT {
  private static final int LIMIT = 5;
  private static final RunningPromptLab promptLab =
      RunningPromptLab.start(
          Map.of(
              "RATE_LIMITS",
              "anonymous=" + LIMIT + ",free=" + LIMIT + ",pro=1000",
              "RATE_LIMIT_WINDOW_SECONDS",
              "4",
              // The machine may be busy.
              "REDIS_COMMAND_TIMEOUT_MS",
              "5000"));

  private static final Parts monitors = new Parts();

  @AfterAll
  static void stop() {
    monitors.close();
    promptLab.close();
  }

  private static final Duration LAST_ASKED = Duration.ofMillis(500);

  /** An answer, and between which times it was made. */
  private record Seen(long began, long ended, HttpResponse<String> reply) {
    static Seen of(Supplier<HttpResponse<String>> call) {
      long began = System.nanoTime();
      HttpResponse<String> reply = call.get();
      return new Seen(began, System.nanoTime(), reply);
    }

    boolean denied() {
      assertThat(reply.statusCode()).as(reply.body()).isIn(200, 202, 429);
      return reply.statusCode() == 429;
    }

    long retryAfterNanos() {
      return TimeUnit.MILLISECONDS.toNanos(body(reply).path("retryAfterMs").asLong(-1));
    }
  }

  private static Seen generate(HttpClient caller) {
    return Seen.of(() -> send(caller, promptLab.generate("blocked")));
  }

  private static Seen firstDenied(Supplier<Seen> request) {
    Seen seen = request.get();
    while (!seen.denied()) {
      seen = request.get();
    }
    return seen;
  }

  @Test
  void asksRedisOnceASecondAtMost_andAdmitsAtTheExactMoment_whenACallerIsOverItsLimit()
      throws IOException {
    HttpClient caller = RunningPromptLab.newCaller();
    Seen first = firstDenied(() -> generate(caller));
    RedisMonitor monitor = monitors.add(RedisMonitor.start(promptLab.redis().port()));
    long freeAtTheEarliest = first.began() + first.retryAfterNanos();
    long freeAtTheLatest = first.ended() + first.retryAfterNanos();
    int refused = 0;
    boolean counted = false;
    Seen seen = generate(caller);
    while (seen.denied()) {
      assertThat(seen.began()).as("refused though free").isLessThanOrEqualTo(freeAtTheLatest);
      refused++;
      // Before the end: within a round trip of the exact moment Redis is asked, so that it is
      // exact.
      if (!counted && seen.began() > freeAtTheEarliest - LAST_ASKED.toNanos()) {
        long calls = monitor.seen().stream().filter(it -> it.contains("api-ratelimit:")).count();
        assertOneCallASecond(refused, calls, System.nanoTime() - first.began());
        counted = true;
      }
      seen = generate(caller);
    }
    assertThat(seen.ended()).as("admitted too early").isGreaterThanOrEqualTo(freeAtTheEarliest);
    assertThat(counted).isTrue();
  }

  private static void assertOneCallASecond(int refused, long calls, long nanos) {
    System.out.printf(
        "%d refusals in %d ms took %d calls of Redis%n",
        refused, TimeUnit.NANOSECONDS.toMillis(nanos), calls);
    assertThat(calls).isPositive().isLessThanOrEqualTo(TimeUnit.NANOSECONDS.toSeconds(nanos));
  }

  @Test
  void isAdmittedWithinASecond_whenRedisIsEmptied() throws IOException {
    HttpClient caller = RunningPromptLab.newCaller();
    firstDenied(() -> generate(caller));
    assertThat(RedisWire.send(promptLab.redis().port(), "FLUSHALL")).startsWith("+OK");
    assertAdmittedWithinASecondOf(System.nanoTime(), () -> generate(caller));
  }

  @Test
  void isAdmittedWithinASecond_whenItsLimitIsRaised() {
    HttpClient admin = RunningPromptLab.newCaller();
    JsonNode key =
        body(admin("POST", admin, "/api-keys", "{\"account\":\"raised\",\"tier\":\"free\"}"));
    HttpClient caller = RunningPromptLab.newCaller();
    HttpRequest request =
        promptLab
            .request("/generate")
            .header("Content-Type", "application/json")
            .header("X-Api-Key", key.path("key").asText())
            .POST(
                BodyPublishers.ofString(
                    "{\"templateId\":\"%s\",\"provider\":\"anthropic\",\"input\":\"raised\"}"
                        .formatted(RunningPromptLab.TEMPLATE)))
            .build();
    Supplier<Seen> generate = () -> Seen.of(() -> send(caller, request));
    firstDenied(generate);
    admin("PUT", admin, "/accounts/raised", "{\"tier\":\"pro\"}");
    assertAdmittedWithinASecondOf(System.nanoTime(), generate);
  }

  private static void assertAdmittedWithinASecondOf(long change, Supplier<Seen> request) {
    Seen seen = request.get();
    while (seen.denied()) {
      assertThat(seen.began() - change).isLessThan(TimeUnit.SECONDS.toNanos(1));
      seen = request.get();
    }
  }

  private static HttpResponse<String> admin(
      String method, HttpClient admin, String target, String json) {
    HttpResponse<String> reply =
        send(
            admin,
            promptLab
                .request(target)
                .header("Content-Type", "application/json")
                .header("X-Api-Key", promptLab.adminKey())
                .method(method, BodyPublishers.ofString(json))
                .build());
    assertThat(reply.statusCode()).as(reply.body()).isIn(200, 201);
    return reply;
  }
}
