package dev.promptlab.generate;

import static dev.promptlab.generate.ApiOnFakes.SEED;
import static dev.promptlab.generate.ApiOnFakes.jobId;
import static dev.promptlab.generate.ApiOnFakes.json;
import static dev.promptlab.generate.ApiOnFakes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.accounts.Tier;
import dev.promptlab.jobs.JobError;
import dev.promptlab.pricing.UsdAmount;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waiting, repeating, listing, cancelling and budgets, over HTTP on fakes. */
final class JobsTest {
  private static final String OTHER =
      "{\"templateId\":\"cmjlfawzg0000pq6xyq5r78ws\",\"provider\":\"anthropic\",\"input\":\"other\"}";

  private final ApiOnFakes api = new ApiOnFakes();
  private final String admin = api.admin();
  private final String key = api.key("acme", Tier.ENTERPRISE);

  private APIGatewayV2HTTPResponse named(String json, String idempotencyKey) {
    return api.generate(json).key(key).header("Idempotency-Key", idempotencyKey).send();
  }

  private CompletableFuture<APIGatewayV2HTTPResponse> waiting(String json) {
    return CompletableFuture.supplyAsync(
        () -> api.generate(json).key(key).header("Prefer", "wait=20").send(),
        task -> Thread.ofVirtual().start(task));
  }

  private void awaitWaiters(int count) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (api.waits.waiting() < count && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(api.waits.waiting()).isEqualTo(count);
  }

  @Test
  void holdsTheAnswer_untilTheJobHasEnded() throws Exception {
    CompletableFuture<APIGatewayV2HTTPResponse> waiting = waiting(SEED);
    awaitWaiters(1);
    String jobId = jobId(api.post(SEED));
    api.complete(jobId);
    APIGatewayV2HTTPResponse reply = waiting.get();
    JsonNode job = json(reply, 200);
    assertThat(job.get("jobId").asText()).isEqualTo(jobId);
    assertThat(job.get("status").asText()).isEqualTo("completed");
    assertThat(job.get("cached").asBoolean()).isFalse();
    assertThat(job.get("output").asText()).isEqualTo("an answer");
    assertThat(reply.getHeaders())
        .containsEntry("Preference-Applied", "wait=20")
        .containsEntry("X-Cache", "MISS")
        .doesNotContainKey("Retry-After");
    assertThat(api.waits.waiting()).isZero();
  }

  @Test
  void answersAfterTheTime_whenTheJobHasNotEnded() {
    APIGatewayV2HTTPResponse reply =
        api.generate(SEED).key(key).header("Prefer", "respond-async, WAIT=0; x=1").send();
    assertThat(json(reply, 202).get("status").asText()).isEqualTo("queued");
    assertThat(reply.getHeaders())
        .containsEntry("Preference-Applied", "wait=0")
        .containsEntry("Retry-After", "1");
  }

  @Test
  void waitsOnReadsToo_andNotForWhatHasEnded() {
    String jobId = jobId(api.post(SEED));
    APIGatewayV2HTTPResponse early =
        api.call("GET", "/jobs/" + jobId).key(key).header("Prefer", "wait=0").send();
    assertThat(json(early, 200).get("status").asText()).isEqualTo("queued");
    assertThat(early.getHeaders()).containsEntry("Preference-Applied", "wait=0");
    api.complete(jobId);
    APIGatewayV2HTTPResponse late =
        api.call("GET", "/jobs/" + jobId).key(key).header("Prefer", "wait=25").send();
    assertThat(json(late, 200).get("status").asText()).isEqualTo("completed");
    assertThat(late.getHeaders()).doesNotContainKey("Preference-Applied");
  }

  @Test
  void answersAtOnce_whenTheAccountHasTwoWaitersAlready() throws Exception {
    CompletableFuture<?>[] waiting = new CompletableFuture<?>[] {waiting(SEED), waiting(OTHER)};
    awaitWaiters(2);
    APIGatewayV2HTTPResponse third = api.generate(SEED).key(key).header("Prefer", "wait=20").send();
    assertThat(third.getStatusCode()).isEqualTo(202);
    assertThat(third.getHeaders()).doesNotContainKey("Preference-Applied");
    api.complete(jobId(api.post(SEED)));
    api.complete(jobId(api.post(OTHER)));
    CompletableFuture.allOf(waiting).get();
  }

  @ParameterizedTest
  @ValueSource(strings = {"wait=x", "wait", "wait=-1", "await=5", "handling=lenient"})
  void ignoresPreferencesItDoesNotUnderstand(String preference) {
    APIGatewayV2HTTPResponse reply = api.generate(SEED).header("Prefer", preference).send();
    assertThat(reply.getStatusCode()).isEqualTo(202);
    assertThat(reply.getHeaders()).doesNotContainKey("Preference-Applied");
  }

  @Test
  void needsAKey_toWaitOrToNameARequest() {
    problem(api.generate(SEED).header("Prefer", "wait=5").send(), 401, "unauthorized");
    problem(api.generate(SEED).header("Idempotency-Key", "k").send(), 401, "unauthorized");
    problem(
        api.call("GET", "/jobs/" + UUID.randomUUID()).header("Prefer", "wait=5").send(),
        401,
        "unauthorized");
  }

  @Test
  void givesTheSameJob_underTheSameIdempotencyKey_whateverHasBecomeOfIt() {
    String jobId = jobId(named(SEED, "k-1"));
    APIGatewayV2HTTPResponse repeat = named(SEED, "k-1");
    assertThat(json(repeat, 202).get("jobId").asText()).isEqualTo(jobId);
    assertThat(repeat.getHeaders()).containsEntry("X-Cache", "COALESCED");
    assertThat(api.queue.receive()).hasSize(1);
    api.complete(jobId);
    for (String cacheControl : new String[] {"no-cache", "no-store", "max-age=0"}) {
      APIGatewayV2HTTPResponse late =
          api.generate(SEED)
              .key(key)
              .header("Idempotency-Key", "k-1")
              .header("Cache-Control", cacheControl)
              .send();
      assertThat(json(late, 200).get("jobId").asText()).isEqualTo(jobId);
      assertThat(json(late).get("cached").asBoolean()).isTrue();
    }
    assertThat(jobId(named(SEED.replace(",", " ,  "), "k-1"))).as("an equal body").isEqualTo(jobId);
    problem(named(OTHER, "k-1"), 409, "idempotency-conflict");
    assertThat(jobId(named(OTHER, "k-2"))).isNotEqualTo(jobId);
  }

  @Test
  void givesTheSameJob_whenTheTemplateHasChangedSince() {
    String json = "{\"templateId\":\"own\",\"provider\":\"openai\",\"input\":\"x\"}";
    String jobId = jobId(named(json, "k-1"));
    String changed = "{\"name\":\"n\",\"content\":\"{{other}}\"}";
    json(api.call("PUT", "/templates/own").key(admin).json(changed).send(), 200);
    assertThat(jobId(named(json, "k-1"))).isEqualTo(jobId);
    problem(named(json, "k-2"), 400, "invalid-request");
    problem(named(json.replace("\"x\"", "\"y\""), "k-1"), 409, "idempotency-conflict");
  }

  @Test
  void forgetsAnIdempotencyKeyAfterADay_andKeepsAccountsApart() {
    String jobId = jobId(named(SEED, "k-1"));
    String other = api.key("other", Tier.PRO);
    problem(named(OTHER, "k-1"), 409, "idempotency-conflict");
    assertThat(
            api.generate(OTHER).key(other).header("Idempotency-Key", "k-1").send().getStatusCode())
        .isEqualTo(202);
    api.clock.advance(Duration.ofHours(24));
    assertThat(jobId(named(OTHER, "k-1"))).isNotEqualTo(jobId);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "é"})
  void refusesAnUnusableIdempotencyKey(String idempotencyKey) {
    problem(named(SEED, idempotencyKey), 400, "invalid-request");
    problem(named(SEED, "x".repeat(129)), 400, "invalid-request");
    assertThat(named(SEED, "x".repeat(128)).getStatusCode()).isEqualTo(202);
  }

  @Test
  void showsAnIdempotentRepeatOfAFailedJob() {
    String jobId = jobId(named(SEED, "k-1"));
    UUID token = UUID.randomUUID();
    api.jobs.claim(UUID.fromString(jobId), token, Duration.ofMinutes(1), 5);
    api.jobs.fail(
        UUID.fromString(jobId),
        token,
        new JobError("provider-auth", "Refused.", false),
        UsdAmount.ZERO);
    assertThat(json(named(SEED, "k-1"), 200).get("status").asText()).isEqualTo("failed");
  }

  @Test
  void listsACallersJobs_withACursorThatStaysRight() {
    String first = jobId(api.generate(SEED).key(key).send());
    api.post(OTHER);
    String joined = jobId(api.generate(OTHER).key(key).send());
    JsonNode page = json(api.call("GET", "/jobs?limit=1").key(key).send(), 200);
    assertThat(page.get("items").findValuesAsText("jobId")).containsExactly(joined);
    api.generate(SEED.replace("test", "third")).key(key).send();
    String next = "/jobs?limit=1&cursor=" + page.get("nextCursor").asText();
    JsonNode second = json(api.call("GET", next).key(key).send(), 200);
    assertThat(second.get("items").findValuesAsText("jobId")).containsExactly(first);
    assertThat(second.has("nextCursor")).isFalse();
    api.complete(first);
    JsonNode done = json(api.call("GET", "/jobs?status=completed").key(key).send(), 200);
    assertThat(done.get("items").findValuesAsText("jobId")).containsExactly(first);
    assertThat(done.get("items").get(0).has("output")).isFalse();
    assertThat(done.get("items").get(0).get("costUsd").asText()).isEqualTo("0.000028");
    assertThat(json(api.call("GET", "/jobs?templateId=own").key(key).send(), 200).get("items"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status=done",
        "limit=0",
        "limit=1e1",
        "cursor=x",
        "cursor=MSAx",
        "templateId=a/b",
        "page=2"
      })
  void refusesAnUnusableListing_namingTheParameter(String query) {
    JsonNode problem =
        problem(api.call("GET", "/jobs?" + query).key(key).send(), 400, "invalid-request");
    assertThat(problem.get("errors").get(0).get("field").asText())
        .isEqualTo(query.substring(0, query.indexOf('=')));
  }

  @Test
  void cancelsAJob_onceItsLastCallerHasWithdrawn() {
    String other = api.key("other", Tier.PRO);
    String jobId = jobId(api.generate(SEED).key(key).send());
    api.generate(SEED).key(other).send();
    JsonNode withdrawn = json(api.call("DELETE", "/jobs/" + jobId).key(key).send(), 200);
    assertThat(withdrawn.get("status").asText()).isEqualTo("queued");
    JsonNode cancelled = json(api.call("DELETE", "/jobs/" + jobId).key(other).send(), 200);
    assertThat(cancelled.get("status").asText()).isEqualTo("cancelled");
    problem(api.call("DELETE", "/jobs/" + jobId).key(other).send(), 409, "job-not-cancellable");
    assertThat(jobId(api.generate(SEED).key(key).send())).isNotEqualTo(jobId);
  }

  @Test
  void cancelsNothingThatRuns_orIsSomebodyElses() {
    String jobId = jobId(api.generate(SEED).key(key).send());
    problem(
        api.call("DELETE", "/jobs/" + jobId).key(api.key("other", Tier.PRO)).send(),
        403,
        "forbidden");
    api.jobs.claim(UUID.fromString(jobId), UUID.randomUUID(), Duration.ofMinutes(2), 5);
    problem(api.call("DELETE", "/jobs/" + jobId).key(key).send(), 409, "job-not-cancellable");
    problem(api.call("DELETE", "/jobs/" + UUID.randomUUID()).key(key).send(), 404, "job-not-found");
  }

  @Test
  void endsTheWait_ofWhoeverWaitsForACancelledJob() throws Exception {
    String jobId = jobId(api.generate(SEED).key(key).send());
    CompletableFuture<APIGatewayV2HTTPResponse> waiting =
        CompletableFuture.supplyAsync(
            () -> api.call("GET", "/jobs/" + jobId).key(key).header("Prefer", "wait=20").send());
    awaitWaiters(1);
    api.call("DELETE", "/jobs/" + jobId).key(key).send();
    assertThat(json(waiting.get(), 200).get("status").asText()).isEqualTo("cancelled");
  }

  @Test
  void refusesBeforeItQueues_whenABudgetIsExhausted_butServesHits() {
    api.complete(jobId(api.generate(SEED).key(key).send()));
    api.jobs.setBudget("acme", ApiOnFakes.COST);
    json(
        api.call("PUT", "/accounts/acme")
            .key(admin)
            .json("{\"tier\":\"enterprise\",\"dailyBudgetUsd\":0.000028}")
            .send(),
        200);
    APIGatewayV2HTTPResponse reply = api.generate(OTHER).key(key).send();
    JsonNode problem = problem(reply, 429, "budget-exhausted");
    assertThat(problem.get("scope").asText()).isEqualTo("account");
    assertThat(problem.get("spentUsd").asText()).isEqualTo("0.000028");
    assertThat(problem.get("dailyBudgetUsd").asText()).isEqualTo("0.000028");
    assertThat(problem.get("resetsAt").asText()).isEqualTo("2026-01-02T00:00:00Z");
    assertThat(reply.getHeaders())
        .containsEntry("Retry-After", "86401")
        .containsKey("X-RateLimit-Remaining");
    assertThat(api.queue.receive()).hasSize(1);
    assertThat(api.generate(SEED).key(key).send().getHeaders()).containsEntry("X-Cache", "HIT");
    assertThat(api.generate(OTHER).key(admin).send().getStatusCode()).isEqualTo(202);
  }

  @Test
  void tellsNobodyWhatTheDeploymentMaySpend() {
    api.jobs.setBudget("", UsdAmount.ZERO);
    JsonNode problem = problem(api.generate(SEED).key(key).send(), 429, "budget-exhausted");
    assertThat(problem.get("scope").asText()).isEqualTo("deployment");
    assertThat(problem.has("spentUsd")).isFalse();
    assertThat(problem.has("dailyBudgetUsd")).isFalse();
  }
}
