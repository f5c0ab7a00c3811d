package dev.promptlab.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.jobs.JobError;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.queue.JobMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The HTTP contract, on fakes that pass the contracts of the real stores. */
final class GenerateApiTest {
  private static final String SEED = ApiOnFakes.SEED;

  private final ApiOnFakes api = new ApiOnFakes();

  @Test
  void queuesAJob_whenNothingAnswersTheRequest() {
    APIGatewayV2HTTPResponse reply = api.post(SEED);
    JsonNode job = ApiOnFakes.json(reply);
    assertThat(reply.getStatusCode()).isEqualTo(202);
    assertThat(job.get("status").asText()).isEqualTo("queued");
    assertThat(job.get("inputHash").asText())
        .isEqualTo("bdd8d5a65a84f959ec7a2e0a793f61170a334ce4f0ac7d800c13ad3c148cde73");
    assertThat(job.get("cached").asBoolean()).isFalse();
    assertThat(job.get("coalesced").asBoolean()).isFalse();
    assertThat(job.get("createdAt").asText()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(job.has("output")).isFalse();
    assertThat(job.has("startedAt")).isFalse();
    assertThat(UUID.fromString(job.get("jobId").asText()).version()).isEqualTo(7);
    assertThat(reply.getHeaders())
        .containsEntry("Location", "/jobs/" + job.get("jobId").asText())
        .containsEntry("Retry-After", "1")
        .containsEntry("X-Cache", "MISS")
        .containsEntry("Cache-Status", "promptlab; fwd=miss")
        .containsEntry("Content-Type", "application/json")
        .containsEntry("X-RateLimit-Limit", "100")
        .containsEntry("X-RateLimit-Remaining", "99")
        .containsEntry("X-RateLimit-Reset", "1767225660")
        .containsEntry("RateLimit-Policy", "\"anonymous\";q=100;w=60")
        .containsEntry("RateLimit", "\"anonymous\";r=99;t=60");
    assertThat(api.queue.receive())
        .singleElement()
        .satisfies(
            it ->
                assertThat(JobMessage.ofBody(it.body()).jobId())
                    .hasToString(job.get("jobId").asText()));
  }

  @Test
  void joinsTheJobInFlight_andQueuesNothing() {
    String first = ApiOnFakes.json(api.post(SEED)).get("jobId").asText();
    APIGatewayV2HTTPResponse reply = api.post(SEED);
    assertThat(reply.getStatusCode()).isEqualTo(202);
    assertThat(ApiOnFakes.json(reply).get("jobId").asText()).isEqualTo(first);
    assertThat(ApiOnFakes.json(reply).get("coalesced").asBoolean()).isTrue();
    assertThat(reply.getHeaders())
        .containsEntry("X-Cache", "COALESCED")
        .containsEntry("Cache-Status", "promptlab; fwd=miss; collapsed");
    assertThat(api.queue.receive()).hasSize(1);
  }

  @Test
  void answersFromTheCache_withTheSameJob() {
    String first = api.complete(ApiOnFakes.json(api.post(SEED)).get("jobId").asText());
    api.clock.advance(Duration.ofSeconds(10));
    APIGatewayV2HTTPResponse reply = api.post(SEED);
    JsonNode job = ApiOnFakes.json(reply);
    assertThat(reply.getStatusCode()).isEqualTo(200);
    assertThat(job.get("jobId").asText()).isEqualTo(first);
    assertThat(job.get("cached").asBoolean()).isTrue();
    assertThat(job.get("output").asText()).isEqualTo("an answer");
    assertThat(job.get("usage").get("outputTokens").asInt()).isEqualTo(5);
    assertThat(reply.getHeaders())
        .containsEntry("X-Cache", "HIT")
        .containsEntry("Cache-Status", "promptlab; hit; ttl=3590")
        .containsEntry("Age", "10");
  }

  @Test
  void fillsTheCacheAgain_whenOnlyTheDatabaseHasTheResult() {
    String first = api.complete(ApiOnFakes.json(api.post(SEED)).get("jobId").asText());
    api.cache.delete(api.jobs.find(UUID.fromString(first)).orElseThrow().inputHash());
    assertThat(ApiOnFakes.json(api.post(SEED)).get("jobId").asText()).isEqualTo(first);
    assertThat(api.cache.get(api.jobs.find(UUID.fromString(first)).orElseThrow().inputHash()))
        .isPresent();
  }

  @Test
  void acceptsTheJob_whenTheQueueIsDown() {
    api.queue.setDown(true);
    APIGatewayV2HTTPResponse reply = api.post(SEED);
    assertThat(reply.getStatusCode()).isEqualTo(202);
    api.clock.advance(Duration.ofMinutes(1));
    assertThat(api.jobs.sweep(10).due()).hasSize(1);
  }

  @Test
  void refusesTheRequestAfterTheLimit_andTellsWhenTheNextIsAdmitted() {
    api.clock.advance(Duration.ofMillis(1));
    for (int i = 0; i < 100; i++) {
      assertThat(api.post(SEED).getStatusCode()).isEqualTo(202);
    }
    api.clock.advance(Duration.ofMillis(20_500));
    APIGatewayV2HTTPResponse reply = api.post(SEED);
    JsonNode problem = ApiOnFakes.problem(reply, 429, "rate-limited");
    assertThat(problem.get("limit").asInt()).isEqualTo(100);
    assertThat(problem.get("windowSeconds").asInt()).isEqualTo(60);
    assertThat(problem.get("retryAfterMs").asInt()).isEqualTo(39_500);
    assertThat(reply.getHeaders())
        .containsEntry("Retry-After", "40")
        .containsEntry("X-RateLimit-Remaining", "0")
        .containsEntry("X-RateLimit-Reset", "1767225661")
        .containsEntry("RateLimit", "\"anonymous\";r=0;t=40");
    api.clock.advance(Duration.ofMillis(39_500));
    assertThat(api.post(SEED).getStatusCode()).isEqualTo(202);
  }

  @Test
  void countsEachSourceAddressAlone() {
    for (int i = 0; i < 101; i++) {
      api.post(SEED);
    }
    assertThat(api.generate(SEED).from("198.51.100.9").send().getStatusCode()).isEqualTo(202);
  }

  @Test
  void refusesAnonymousCallers_whereTheyAreOff() {
    ApiOnFakes closed = new ApiOnFakes(Map.of("ANONYMOUS_ACCESS", "off"));
    ApiOnFakes.problem(closed.post(SEED), 401, "unauthorized");
    ApiOnFakes.problem(closed.get("/templates"), 401, "unauthorized");
  }

  @Test
  void refusesARequestWithoutAUsableSourceAddress() {
    ApiOnFakes.problem(api.generate(SEED).from("unknown").send(), 401, "unauthorized");
  }

  @Test
  void showsAJob_withAnETagThatFollowsItsState() {
    String jobId = ApiOnFakes.json(api.post(SEED)).get("jobId").asText();
    APIGatewayV2HTTPResponse queued = api.get("/jobs/" + jobId);
    assertThat(queued.getStatusCode()).isEqualTo(200);
    assertThat(queued.getHeaders()).containsEntry("Retry-After", "1").containsKey("ETag");
    String known = "\"x\", " + queued.getHeaders().get("ETag");
    APIGatewayV2HTTPResponse unchanged =
        api.call("GET", "/jobs/" + jobId).header("If-None-Match", known).send();
    assertThat(unchanged.getStatusCode()).isEqualTo(304);
    assertThat(unchanged.getBody()).isEmpty();

    api.complete(jobId);
    APIGatewayV2HTTPResponse completed =
        api.call("GET", "/jobs/" + jobId).header("If-None-Match", known).send();
    assertThat(completed.getStatusCode()).isEqualTo(200);
    assertThat(completed.getHeaders()).doesNotContainKey("Retry-After");
    assertThat(ApiOnFakes.json(completed).get("status").asText()).isEqualTo("completed");
    assertThat(ApiOnFakes.json(completed).get("finishReason").asText()).isEqualTo("stop");
    assertThat(ApiOnFakes.json(completed).get("cached").asBoolean()).isFalse();
  }

  @Test
  void showsWhyAJobFailed() {
    UUID jobId = UUID.fromString(ApiOnFakes.json(api.post(SEED)).get("jobId").asText());
    UUID token = UUID.randomUUID();
    api.jobs.claim(jobId, token, Duration.ofMinutes(2), 5);
    api.jobs.fail(jobId, token, new JobError("provider-auth", "Refused.", false), UsdAmount.ZERO);
    JsonNode job = ApiOnFakes.json(api.get("/jobs/" + jobId));
    assertThat(job.get("status").asText()).isEqualTo("failed");
    assertThat(job.get("error").toString())
        .isEqualTo("{\"code\":\"provider-auth\",\"message\":\"Refused.\",\"retryable\":false}");
  }

  @Test
  void findsNoJob_whenTheIdIsUnknownOrNone() {
    for (String id : List.of(UUID.randomUUID().toString(), "1-1-1-1-1", "x", "%20")) {
      ApiOnFakes.problem(api.get("/jobs/" + id), 404, "job-not-found");
    }
  }

  @Test
  void answersHealth_withoutAskingAnything() {
    assertThat(new ApiOnFakes(Map.of("ANONYMOUS_ACCESS", "off")).get("/health").getBody())
        .isEqualTo("{\"status\":\"ok\"}");
  }

  @Test
  void refusesUnknownPathsAndMethods() {
    ApiOnFakes.problem(api.get("/"), 404, "not-found");
    ApiOnFakes.problem(api.get("/jobs/a/b"), 404, "not-found");
    APIGatewayV2HTTPResponse reply = api.get("/generate");
    ApiOnFakes.problem(reply, 405, "method-not-allowed");
    assertThat(reply.getHeaders()).containsEntry("Allow", "POST");
    ApiOnFakes.problem(api.call("DELETE", "/health").send(), 405, "method-not-allowed");
    assertThat(api.call("PATCH", "/jobs/x").send().getHeaders())
        .containsEntry("Allow", "DELETE, GET, HEAD");
  }
}
