package dev.promptlab.generate;

import static dev.promptlab.generate.ApiOnFakes.SEED;
import static dev.promptlab.generate.ApiOnFakes.jobId;
import static dev.promptlab.generate.ApiOnFakes.json;
import static dev.promptlab.generate.ApiOnFakes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.accounts.Tier;
import dev.promptlab.templates.CacheScope;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Health, metrics, and what still works without Redis, over HTTP on fakes. */
final class OperationsTest {
  private final ApiOnFakes api = new ApiOnFakes();
  private final String admin = api.admin();

  @Test
  void checksWhatItNeeds_whenAskedTo() {
    api.healthChecks.put("redis", () -> {});
    api.healthChecks.put("database", () -> {});
    ApiOnFakes checked = api;
    JsonNode health = json(deepHealth(checked), 200);
    assertThat(health.get("status").asText()).isEqualTo("ok");
    assertThat(health.get("checks").get("redis").get("status").asText()).isEqualTo("ok");
    assertThat(health.get("checks").get("redis").get("latencyMs").asLong()).isNotNegative();
  }

  private APIGatewayV2HTTPResponse deepHealth(ApiOnFakes of) {
    return of.call("GET", "/health?deep").key(admin).send(of.anotherInstance());
  }

  @Test
  void fails_whenOneOfThemDoes_evenRedis() {
    api.healthChecks.put("redis", () -> {});
    api.healthChecks.put(
        "queue",
        () -> {
          throw new IllegalStateException("no queue");
        });
    api.flight.setDown(true);
    APIGatewayV2HTTPResponse reply = deepHealth(api);
    JsonNode health = json(reply, 503);
    assertThat(health.get("status").asText()).isEqualTo("failing");
    assertThat(health.get("checks").get("queue").get("status").asText()).isEqualTo("failing");
    assertThat(reply.getBody()).doesNotContain("no queue");
    assertThat(reply.getHeaders())
        .containsEntry("X-RateLimit-Degraded", "true")
        .containsEntry("Retry-After", "5");
  }

  @Test
  void countsWhatHappens() {
    api.complete(jobId(api.post(SEED)));
    api.post(SEED);
    api.generate(SEED).key(admin).send();
    APIGatewayV2HTTPResponse reply = api.call("GET", "/metrics").key(admin).send();
    assertThat(reply.getStatusCode()).isEqualTo(200);
    assertThat(reply.getHeaders().get("Content-Type")).startsWith("text/plain; version=0.0.4");
    assertThat(reply.getBody())
        .contains("cache_hits_total{tier=\"anonymous\"} 1\n")
        .contains("cache_hits_total{tier=\"enterprise\"} 1\n")
        .contains("cache_misses_total{tier=\"anonymous\"} 1\n")
        .contains("rate_limit_allowed_total{tier=\"anonymous\"} 2\n")
        .contains("jobs_total{status=\"queued\"} 1\n")
        .contains("llm_saved_usd_total 0.000056\n");
  }

  @Test
  void saysThatThereAreNoMetrics_whenTheyCannotBeRead() {
    api.metrics.setDown(true);
    APIGatewayV2HTTPResponse reply = api.call("GET", "/metrics").key(admin).send();
    problem(reply, 503, "metrics-unavailable");
    assertThat(reply.getHeaders()).containsEntry("Retry-After", "5");
  }

  @Test
  void countsWhomItCannotDecideOn_knownOrNot() {
    api.flight.setDown(true);
    problem(api.post(SEED), 503, "rate-limiter-unavailable");
    problem(
        api.generate(SEED).key(api.key("new", Tier.PRO)).send(), 503, "rate-limiter-unavailable");
    api.metrics.flush();
    assertThat(api.metrics.totals())
        .containsEntry("rate_limit_unavailable_total{tier=\"anonymous\"}", 1L)
        .containsEntry("rate_limit_unavailable_total{tier=\"unknown\"}", 1L);
  }

  @Test
  void refusesWithoutRedis_allButReadingAJob() {
    String key = api.key("acme", Tier.PRO);
    api.template("own", "{{input}}", CacheScope.ACCOUNT);
    String jobId =
        jobId(api.generate(SEED.replace(ApiOnFakes.SEED_TEMPLATE, "own")).key(key).send());
    api.flight.setDown(true);
    for (ApiOnFakes.Call call :
        new ApiOnFakes.Call[] {
          api.generate(SEED),
          api.generate(SEED).key(key),
          api.call("GET", "/templates"),
          api.call("GET", "/jobs").key(key),
          api.call("PUT", "/templates/x").key(admin).json("{}")
        }) {
      APIGatewayV2HTTPResponse reply = call.send();
      problem(reply, 503, "rate-limiter-unavailable");
      assertThat(reply.getHeaders())
          .containsEntry("Retry-After", "1")
          .doesNotContainKey("X-RateLimit-Limit");
    }
    APIGatewayV2HTTPResponse job = api.call("GET", "/jobs/" + jobId).key(key).send();
    json(job, 200);
    assertThat(job.getHeaders())
        .containsEntry("X-RateLimit-Degraded", "true")
        .containsEntry("X-RateLimit-Remaining", "999");
    problem(api.get("/jobs/" + jobId), 404, "job-not-found");
    APIGatewayV2HTTPResponse unknown =
        api.call("GET", "/jobs/" + jobId).key(KeySecret.generate().reveal()).send();
    problem(unknown, 401, "unauthorized");
    assertThat(unknown.getHeaders()).containsEntry("X-RateLimit-Degraded", "true");
  }

  @Test
  void asksTheDatabase_neverACopy_whileRedisIsGone() {
    String key = api.key("acme", Tier.PRO);
    String jobId = jobId(api.generate(SEED).key(key).send());
    String keyId =
        json(api.call("GET", "/api-keys").key(admin).send())
            .get("items")
            .get(0)
            .get("keyId")
            .asText();
    api.flight.setDown(true);
    json(api.call("GET", "/jobs/" + jobId).key(key).send(), 200);
    api.accounts.revoke(UUID.fromString(keyId));
    problem(api.call("GET", "/jobs/" + jobId).key(key).send(), 401, "unauthorized");
  }

  @Test
  void limitsReads_inMemory_whileRedisIsGone() {
    api.flight.setDown(true);
    for (int i = 0; i < 1_000; i++) {
      problem(api.get("/jobs/x"), 404, "job-not-found");
    }
    APIGatewayV2HTTPResponse last = api.get("/jobs/x");
    problem(last, 429, "rate-limited");
    assertThat(last.getHeaders())
        .containsEntry("X-RateLimit-Degraded", "true")
        .containsEntry("X-RateLimit-Limit", "1000");
  }

  @Test
  void generatesWithinItsShareOfTheLimit_whileRedisIsGone_whereThatIsWanted() {
    ApiOnFakes alone = new ApiOnFakes(Map.of("RATE_LIMIT_ON_FAILURE", "local", "INSTANCES", "30"));
    String key = alone.key("acme", Tier.PRO);
    alone.flight.setDown(true);
    for (int i = 0; i < 3; i++) {
      APIGatewayV2HTTPResponse reply = alone.generate(SEED).key(key).send();
      assertThat(reply.getStatusCode()).isEqualTo(202);
      assertThat(reply.getHeaders())
          .containsEntry("X-RateLimit-Degraded", "true")
          .containsEntry("X-RateLimit-Limit", "3");
    }
    problem(alone.generate(SEED).key(key).send(), 429, "rate-limited");
    problem(alone.generate(SEED).key(KeySecret.generate().reveal()).send(), 401, "unauthorized");
    assertThat(alone.generate(SEED).send().getStatusCode()).isEqualTo(202);
    problem(alone.call("GET", "/templates").send(), 503, "rate-limiter-unavailable");
    alone.flight.setDown(false);
    assertThat(alone.generate(SEED).key(key).send().getHeaders())
        .doesNotContainKey("X-RateLimit-Degraded")
        .containsEntry("X-RateLimit-Limit", "100");
  }

  @Test
  void goesByTheDatabaseAlone_whileItGeneratesWithoutRedis() {
    ApiOnFakes alone = new ApiOnFakes(Map.of("RATE_LIMIT_ON_FAILURE", "local", "INSTANCES", "1"));
    alone.complete(jobId(alone.post(SEED)));
    assertThat(alone.post(SEED).getHeaders()).containsEntry("X-Cache", "HIT");
    alone.flight.setDown(true);
    APIGatewayV2HTTPResponse reused = alone.post(SEED);
    assertThat(reused.getHeaders())
        .containsEntry("X-Cache", "HIT")
        .containsEntry("X-RateLimit-Degraded", "true");
    alone.template(ApiOnFakes.SEED_TEMPLATE, "changed {{input}}", CacheScope.SHARED);
    JsonNode job = json(alone.post(SEED), 202);
    assertThat(job.get("templateVersion").asInt()).isEqualTo(2);
  }

  @Test
  void refuses_whereTheShareIsNothing() {
    ApiOnFakes alone = new ApiOnFakes(Map.of("RATE_LIMIT_ON_FAILURE", "local", "INSTANCES", "101"));
    alone.flight.setDown(true);
    problem(alone.post(SEED), 503, "rate-limiter-unavailable");
  }

  @Test
  void asksNobody_forWhoIsBlocked_untilASecondIsOver() {
    ApiOnFakes limited = new ApiOnFakes(Map.of("RATE_LIMITS", "anonymous=1"));
    limited.post(SEED);
    problem(limited.post(SEED), 429, "rate-limited");
    int flights = limited.flight.flights();
    limited.clock.advance(Duration.ofMillis(999));
    APIGatewayV2HTTPResponse reply = limited.post(SEED);
    assertThat(problem(reply, 429, "rate-limited").get("retryAfterMs").asInt()).isEqualTo(59_001);
    assertThat(reply.getHeaders())
        .containsEntry("X-RateLimit-Remaining", "0")
        .containsEntry("Retry-After", "60");
    assertThat(limited.flight.flights()).isEqualTo(flights);
    limited.clock.advance(Duration.ofMillis(1));
    problem(limited.post(SEED), 429, "rate-limited");
    assertThat(limited.flight.flights()).isEqualTo(flights + 1);
    limited.clock.advance(Duration.ofSeconds(59));
    assertThat(limited.post(SEED).getStatusCode()).isEqualTo(202);
  }

  @Test
  void namesNoRouteTwice() {
    assertThat(api.router().routes())
        .extracting(route -> route.method() + " " + route.path())
        .doesNotHaveDuplicates();
  }
}
