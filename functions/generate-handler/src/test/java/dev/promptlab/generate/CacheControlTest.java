package dev.promptlab.generate;

import static dev.promptlab.generate.ApiOnFakes.SEED;
import static dev.promptlab.generate.ApiOnFakes.jobId;
import static dev.promptlab.generate.ApiOnFakes.json;
import static dev.promptlab.generate.ApiOnFakes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.accounts.Tier;
import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.Popularity;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.PaidAnswer;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request can ask of the cache, and what takes results out of it, over HTTP on fakes. */
final class CacheControlTest {
  private final ApiOnFakes api = new ApiOnFakes();
  private final String admin = api.admin();
  private final String key = api.key("acme", Tier.ENTERPRISE);

  private APIGatewayV2HTTPResponse generate(String cacheControl) {
    return api.generate(SEED).key(key).header("Cache-Control", cacheControl).send();
  }

  private String completed() {
    return api.complete(jobId(api.post(SEED)));
  }

  private JsonNode invalidate(String json) {
    return json(api.call("POST", "/cache/invalidate").key(admin).json(json).send(), 200);
  }

  private static void assertHit(APIGatewayV2HTTPResponse reply, String jobId) {
    assertThat(reply.getHeaders()).as(reply.getBody()).containsEntry("X-Cache", "HIT");
    assertThat(jobId(reply)).isEqualTo(jobId);
  }

  @Test
  void makesAFreshJob_onNoCache_whoseResultReplacesTheCachedOne() {
    String old = completed();
    api.clock.advance(Duration.ofMillis(1));
    APIGatewayV2HTTPResponse reply = generate("no-cache");
    assertThat(reply.getStatusCode()).isEqualTo(202);
    assertThat(reply.getHeaders())
        .containsEntry("X-Cache", "BYPASS")
        .containsEntry("Cache-Status", "promptlab; fwd=bypass");
    String fresh = jobId(reply);
    assertThat(fresh).isNotEqualTo(old);
    assertThat(jobId(generate("No-Cache"))).isNotEqualTo(fresh);
    assertHit(api.post(SEED), old);
    api.complete(fresh);
    assertHit(api.post(SEED), fresh);
  }

  @Test
  void keepsAResultToItself_onNoStore() {
    String own = api.complete(jobId(generate("no-store")));
    assertThat(generate("no-store").getHeaders()).containsEntry("X-Cache", "BYPASS");
    assertThat(api.post(SEED).getHeaders()).containsEntry("X-Cache", "MISS");
    assertThat(json(api.get("/jobs/" + own)).get("output").asText()).isEqualTo("an answer");
    assertThat(api.jobs.find(UUID.fromString(own)).orElseThrow().cachedResult()).isEmpty();
  }

  @Test
  void countsForPopularity_whatACachedResultMayAnswer() {
    String jobId = completed();
    api.post(SEED);
    generate("only-if-cached");
    generate("no-cache");
    generate("no-store");
    api.post(SEED.replace("\"test\"", "{\"unknown\":1}"));
    InputHash hash = api.jobs.find(UUID.fromString(jobId)).orElseThrow().inputHash();
    assertThat(api.popularity.top(10).inputs()).containsExactly(new Popularity.Input(hash, 3));
  }

  @Test
  void refusesACachedResultThatIsTooOld_onMaxAge() {
    String old = completed();
    api.clock.advance(Duration.ofSeconds(30));
    assertHit(generate("max-age=30"), old);
    assertHit(generate("foo=\"a, b\", max-age=\"30\""), old);
    api.clock.advance(Duration.ofMillis(1));
    APIGatewayV2HTTPResponse reply = generate("max-age=30, max-stale");
    assertThat(reply.getHeaders())
        .containsEntry("X-Cache", "MISS")
        .containsEntry("Cache-Status", "promptlab; fwd=miss");
    assertThat(jobId(generate("max-age=0"))).as("joins").isEqualTo(jobId(reply));
    assertHit(api.post(SEED), old);
    assertHit(generate("max-age=99999999999999999999"), old);
  }

  @Test
  void queuesNothing_onOnlyIfCached() {
    APIGatewayV2HTTPResponse reply =
        api.generate(SEED).header("Cache-Control", "only-if-cached").send();
    problem(reply, 504, "not-cached");
    assertThat(reply.getHeaders()).containsEntry("X-Cache", "MISS");
    assertThat(api.queue.receive()).isEmpty();
    String jobId = completed();
    assertHit(generate("only-if-cached"), jobId);
    api.cache.delete(api.jobs.find(UUID.fromString(jobId)).orElseThrow().inputHash());
    assertHit(generate("only-if-cached"), jobId);
    api.clock.advance(Duration.ofSeconds(61));
    problem(generate("only-if-cached, max-age=60"), 504, "not-cached");
    problem(generate("only-if-cached, no-cache"), 504, "not-cached");
  }

  @Test
  void repeatsARequest_onOnlyIfCachedToo() {
    String json = "{\"templateId\":\"own\",\"provider\":\"openai\",\"input\":\"x\"}";
    String other = json.replace("\"x\"", "\"y\"");
    ApiOnFakes.Call first = api.generate(json).key(key).header("Idempotency-Key", "k");
    String jobId = jobId(first.header("Cache-Control", "no-store").send());
    assertThat(jobId(repeatedOnlyIfCached(json))).isEqualTo(jobId);
    api.complete(jobId);
    assertHit(repeatedOnlyIfCached(json), jobId);
    problem(repeatedOnlyIfCached(other), 409, "idempotency-conflict");
  }

  private APIGatewayV2HTTPResponse repeatedOnlyIfCached(String json) {
    return api.generate(json)
        .key(key)
        .header("Idempotency-Key", "k")
        .header("Cache-Control", "only-if-cached")
        .send();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max-age",
        "max-age=",
        "max-age=-1",
        "max-age=soon",
        "max-age=1.5",
        "=",
        "no cache;"
      })
  void refusesControlsThatCannotBeRead(String cacheControl) {
    APIGatewayV2HTTPResponse reply = generate(cacheControl);
    JsonNode problem = problem(reply, 400, "invalid-request");
    assertThat(problem.get("errors").get(0).get("field").asText()).isEqualTo("Cache-Control");
    assertThat(reply.getHeaders()).containsKey("X-RateLimit-Limit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x_y=1", "x.y", "x=\"a\\\"b, no-cache\"", "x=\"a, no-store\", ,"})
  void ignoresControlsOfOtherCaches(String cacheControl) {
    String jobId = completed();
    assertHit(generate(cacheControl), jobId);
  }

  @Test
  void readsControlsOfAnyLength() {
    String escapes = "\\a".repeat(20_000);
    String jobId = completed();
    assertHit(generate("x=\"" + escapes + "\", max-age=60"), jobId);
    problem(generate("x=\"" + escapes), 400, "invalid-request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-cache", "no-store", "max-age=5, no-cache"})
  void needsAKey_forAFreshJob(String cacheControl) {
    problem(api.generate(SEED).header("Cache-Control", cacheControl).send(), 401, "unauthorized");
  }

  @Test
  void keepsAnAccountsResultsToItself() {
    String json = "{\"templateId\":\"own\",\"provider\":\"openai\",\"input\":\"x\"}";
    String other = api.key("other", Tier.PRO);
    String jobId = api.complete(jobId(api.generate(json).key(key).send()));
    assertHit(api.generate(json).key(key).send(), jobId);
    APIGatewayV2HTTPResponse reply = api.generate(json).key(other).send();
    assertThat(reply.getHeaders()).containsEntry("X-Cache", "MISS");
    problem(api.call("GET", "/jobs/" + jobId).key(other).send(), 404, "job-not-found");
    problem(api.get("/jobs/" + jobId), 404, "job-not-found");
    assertThat(json(api.call("GET", "/jobs/" + jobId).key(admin).send(), 200)).isNotEmpty();
  }

  @Test
  void showsTheCost_onlyToThoseWhoBearIt() {
    String jobId = api.complete(jobId(api.generate(SEED).key(key).send()));
    for (APIGatewayV2HTTPResponse reply :
        new APIGatewayV2HTTPResponse[] {
          api.generate(SEED).key(key).send(),
          api.call("GET", "/jobs/" + jobId).key(key).send(),
          api.call("GET", "/jobs/" + jobId).key(admin).send()
        }) {
      assertThat(reply.getBody()).contains("\"costUsd\":0.000028");
    }
    for (APIGatewayV2HTTPResponse reply :
        new APIGatewayV2HTTPResponse[] {api.post(SEED), api.get("/jobs/" + jobId)}) {
      assertThat(json(reply, 200).has("costUsd")).isFalse();
    }
  }

  @Test
  void invalidatesByTemplateInputOrPattern() {
    for (String target :
        new String[] {
          "\"templateId\":\"" + ApiOnFakes.SEED_TEMPLATE + "\"",
          "\"inputHash\":\"bdd8d5a65a84f959ec7a2e0a793f61170a334ce4f0ac7d800c13ad3c148cde73\"",
          "\"pattern\":\"gen:job:hash:bdd8*\""
        }) {
      api.clock.advance(Duration.ofSeconds(1));
      String jobId = completed();
      assertHit(api.post(SEED), jobId);
      assertThat(invalidate("{" + target + ",\"reason\":\"wrong\"}").toString())
          .isEqualTo("{\"invalidated\":1,\"reason\":\"wrong\"}");
      APIGatewayV2HTTPResponse reply = api.post(SEED);
      assertThat(reply.getHeaders()).as(target).containsEntry("X-Cache", "MISS");
      api.complete(jobId(reply));
      api.clock.advance(Duration.ofSeconds(1));
    }
    assertThat(
            invalidate("{\"templateId\":\"own\",\"reason\":\"test\"}").get("invalidated").asInt())
        .isZero();
  }

  @Test
  void servesNoCopy_thatALateWriteBringsBack() {
    String jobId = jobId(api.post(SEED));
    Job running = api.jobs.find(UUID.fromString(jobId)).orElseThrow();
    api.complete(jobId);
    CachedResult late = api.cache.get(running.inputHash()).orElseThrow();
    GenerateHandler idle = api.anotherInstance();
    assertHit(api.generate(SEED).send(idle), jobId);
    invalidate("{\"templateId\":\"" + ApiOnFakes.SEED_TEMPLATE + "\",\"reason\":\"test\"}");
    api.cache.set(late);
    assertThat(api.generate(SEED).send(idle).getHeaders()).containsEntry("X-Cache", "MISS");
    assertThat(api.cache.get(running.inputHash())).as("it is there").isPresent();
  }

  @Test
  void makesAJob_whenTheResultIsErasedWhileItIsRead() {
    for (String cacheControl : new String[] {"max-age=60", "only-if-cached"}) {
      UUID old = UUID.fromString(completed());
      api.cache.delete(api.jobs.find(old).orElseThrow().inputHash());
      api.jobs.beforeNextFind(() -> assertThat(api.jobs.erase(old)).isPresent());
      APIGatewayV2HTTPResponse reply = generate(cacheControl);
      assertThat(reply.getHeaders()).as(reply.getBody()).containsEntry("X-Cache", "MISS");
      assertThat(reply.getStatusCode()).isEqualTo(cacheControl.startsWith("max") ? 202 : 504);
      if (reply.getStatusCode() == 202) {
        api.complete(jobId(reply));
        api.clock.advance(Duration.ofHours(2));
      }
    }
  }

  @Test
  void servesNoErasedContent() {
    String jobId = api.complete(jobId(api.generate(SEED).key(key).send()));
    CachedResult copy =
        api.cache
            .get(api.jobs.find(UUID.fromString(jobId)).orElseThrow().inputHash())
            .orElseThrow();
    problem(
        api.call("DELETE", "/jobs/" + jobId + "/content").key(api.key("other", Tier.PRO)).send(),
        403,
        "forbidden");
    api.parked.park(UUID.fromString(jobId), new PaidAnswer(copy.generation(), copy.cost(), false));
    assertThat(api.call("DELETE", "/jobs/" + jobId + "/content").key(key).send().getStatusCode())
        .isEqualTo(204);
    assertThat(api.parked.find(UUID.fromString(jobId))).isEmpty();
    api.cache.set(copy);
    assertThat(api.post(SEED).getHeaders()).containsEntry("X-Cache", "MISS");
    JsonNode job = json(api.call("GET", "/jobs/" + jobId).key(key).send(), 200);
    assertThat(job.get("status").asText()).isEqualTo("completed");
    assertThat(job.has("output")).isFalse();
    assertThat(job.has("usage")).isTrue();
    assertThat(api.call("DELETE", "/jobs/" + jobId + "/content").key(admin).send().getStatusCode())
        .isEqualTo(204);
    problem(
        api.call("DELETE", "/jobs/" + UUID.randomUUID() + "/content").key(admin).send(),
        404,
        "job-not-found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"reason\":\"x\"}",
        "{\"templateId\":\"a\",\"inputHash\":\"bdd8d5a65a84f959ec7a2e0a793f61170a334ce4f0ac7d800c13ad3c148cde73\",\"reason\":\"x\"}",
        "{\"templateId\":\"a/b\",\"reason\":\"x\"}",
        "{\"inputHash\":\"BDD8\",\"reason\":\"x\"}",
        "{\"pattern\":\"(a+)+\",\"reason\":\"x\"}",
        "{\"templateId\":\"a\",\"reason\":\"\"}",
        "{\"templateId\":\"a\"}",
        "{\"templateId\":\"a\",\"reason\":\"x\",\"all\":true}"
      })
  void refusesAnUnusableInvalidation(String json) {
    problem(
        api.call("POST", "/cache/invalidate").key(admin).json(json).send(), 400, "invalid-request");
  }

  @Test
  void saysThatAnInvalidationIsNotInForce_whenNobodyCouldBeTold() {
    completed();
    api.epoch.setDown(true);
    problem(
        api.call("POST", "/cache/invalidate")
            .key(admin)
            .json("{\"pattern\":\"*\",\"reason\":\"x\"}")
            .send(),
        503,
        "change-not-in-force");
  }
}
