package dev.promptlab.generate;

import static dev.promptlab.generate.ApiOnFakes.json;
import static dev.promptlab.generate.ApiOnFakes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.accounts.Tier;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, accounts and tiers, over HTTP on fakes. */
final class KeysAndTiersTest {
  static final List<String> ADMINS =
      List.of(
          "PUT /templates/x",
          "POST /cache/invalidate",
          "POST /api-keys",
          "GET /api-keys",
          "DELETE /api-keys/x",
          "POST /api-keys/x/rotate",
          "PUT /accounts/x",
          "GET /metrics",
          "GET /health?deep");
  static final List<String> KEYS =
      List.of("GET /jobs", "DELETE /jobs/x", "DELETE /jobs/x/content", "GET /account");
  static final List<String> ANYONE =
      List.of(
          "POST /generate",
          "GET /jobs/x",
          "GET /templates",
          "GET /templates/x",
          "POST /templates/x/render",
          "GET /health");

  private final ApiOnFakes api = new ApiOnFakes();
  private final String admin = api.admin();

  private APIGatewayV2HTTPResponse create(String json) {
    return api.call("POST", "/api-keys").key(admin).json(json).send();
  }

  private JsonNode created(String account, String tier) {
    return json(create("{\"account\":\"%s\",\"tier\":\"%s\"}".formatted(account, tier)), 201);
  }

  private APIGatewayV2HTTPResponse generate(String key) {
    return api.generate(ApiOnFakes.SEED).key(key).send();
  }

  private void put(String account, String json) {
    json(api.call("PUT", "/accounts/" + account).key(admin).json(json).send(), 200);
  }

  @Test
  void makesAKey_thatWorksAtOnce_evenIfItWasTriedBefore() {
    JsonNode key = created("acme", "pro");
    assertThat(key.get("key").asText()).startsWith("pl_");
    assertThat(key.get("role").asText()).isEqualTo("caller");
    assertThat(key.has("expiresAt")).isFalse();
    APIGatewayV2HTTPResponse reply = generate(key.get("key").asText());
    assertThat(reply.getStatusCode()).isEqualTo(202);
    assertThat(reply.getHeaders()).containsEntry("RateLimit-Policy", "\"pro\";q=100;w=60");
    String bearer = "Bearer " + key.get("key").asText();
    assertThat(api.generate(ApiOnFakes.SEED).header("Authorization", bearer).send().getHeaders())
        .containsEntry("X-RateLimit-Remaining", "98");
  }

  @Test
  void findsAKey_thatWasUnknownAMomentAgo() {
    KeySecret secret = KeySecret.generate();
    problem(generate(secret.reveal()), 401, "unauthorized");
    problem(generate(secret.reveal()), 401, "unauthorized");
    int lookUps = api.accounts.lookUps();
    assertThat(lookUps).as("the second answer was remembered").isEqualTo(1);
    api.accounts.addAdminKey(UUID.randomUUID(), secret.hash());
    api.epoch.advance();
    assertThat(generate(secret.reveal()).getStatusCode()).isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"pl_nope", "XYZ", "pl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "a b"})
  void refusesAKeyThatIsNotKnown_beforeItCountsAnything(String key) {
    for (APIGatewayV2HTTPResponse reply :
        new APIGatewayV2HTTPResponse[] {
          generate(key),
          api.generate(ApiOnFakes.SEED).header("Authorization", "Bearer " + key).send()
        }) {
      problem(reply, 401, "unauthorized");
      assertThat(reply.getHeaders())
          .containsEntry("WWW-Authenticate", "Bearer")
          .doesNotContainKey("X-RateLimit-Limit");
      assertThat(reply.getBody()).doesNotContain(key);
    }
    assertThat(generate(admin).getHeaders()).containsEntry("X-RateLimit-Remaining", "999");
  }

  @Test
  void refusesAnotherSchemeThanBearer() {
    problem(
        api.generate(ApiOnFakes.SEED).header("Authorization", "Basic dXNlcjpwYXNz").send(),
        401,
        "unauthorized");
  }

  @Test
  void asksNoMore_forAKeyThatExistsThanForOneThatDoesNot() {
    String unknown = KeySecret.generate().reveal();
    generate(admin);
    generate(unknown);
    int flights = api.flight.flights();
    int lookUps = api.accounts.lookUps();
    problem(api.call("GET", "/metrics").key(unknown).send(), 401, "unauthorized");
    assertThat(api.flight.flights() - flights).isEqualTo(1);
    flights = api.flight.flights();
    json(api.call("GET", "/account").key(admin).send(), 200);
    assertThat(api.flight.flights() - flights).isEqualTo(1);
    assertThat(api.accounts.lookUps()).isEqualTo(lookUps);
  }

  @Test
  void limitsGuessing_byAddress_butNotABusyOffice() {
    String key = created("office", "enterprise").get("key").asText();
    for (int i = 0; i < 1_000; i++) {
      problem(generate(KeySecret.generate().reveal()), 401, "unauthorized");
    }
    APIGatewayV2HTTPResponse reply = generate(KeySecret.generate().reveal());
    problem(reply, 429, "rate-limited");
    assertThat(reply.getHeaders()).containsEntry("RateLimit-Policy", "\"auth\";q=1000;w=60");
    assertThat(generate(admin).getStatusCode()).as("a key that is remembered").isEqualTo(202);
    assertThat(api.generate(ApiOnFakes.SEED).key(key).from("198.51.100.1").send().getStatusCode())
        .as("from another address")
        .isEqualTo(202);
    api.clock.advance(Duration.ofMinutes(1));
    for (int i = 0; i < 1_100; i++) {
      String own = api.key("office-" + i, Tier.PRO);
      assertThat(generate(own).getStatusCode()).as("valid keys are given back").isEqualTo(202);
    }
  }

  @Test
  void listsKeys_withoutTheirSecrets() {
    String secret = created("acme", "pro").get("key").asText();
    api.clock.advance(Duration.ofSeconds(1));
    created("acme", "pro");
    APIGatewayV2HTTPResponse reply = api.call("GET", "/api-keys?limit=2").key(admin).send();
    JsonNode page = json(reply, 200);
    assertThat(page.get("items")).hasSize(2);
    assertThat(reply.getBody()).doesNotContain(secret).doesNotContain("\"key\"");
    JsonNode next =
        json(
            api.call("GET", "/api-keys?limit=2&cursor=" + page.get("nextCursor").asText())
                .key(admin)
                .send(),
            200);
    assertThat(next.get("items")).hasSize(1);
    assertThat(next.has("nextCursor")).isFalse();
  }

  @Test
  void revokesAKey_fromTheAnswerOn_onEveryInstance() {
    JsonNode key = created("acme", "pro");
    String secret = key.get("key").asText();
    GenerateHandler idle = api.anotherInstance();
    assertThat(api.generate(ApiOnFakes.SEED).key(secret).send(idle).getStatusCode()).isEqualTo(202);
    APIGatewayV2HTTPResponse reply =
        api.call("DELETE", "/api-keys/" + key.get("keyId").asText()).key(admin).send();
    assertThat(reply.getStatusCode()).isEqualTo(204);
    assertThat(reply.getBody()).isEmpty();
    problem(api.generate(ApiOnFakes.SEED).key(secret).send(idle), 401, "unauthorized");
    problem(generate(secret), 401, "unauthorized");
    problem(api.call("DELETE", "/api-keys/x").key(admin).send(), 404, "api-key-not-found");
  }

  @Test
  void rotatesAKey_withAGrace() {
    JsonNode old = created("acme", "pro");
    JsonNode fresh =
        json(
            api.call("POST", "/api-keys/" + old.get("keyId").asText() + "/rotate")
                .key(admin)
                .json("{\"graceSeconds\":60}")
                .send(),
            201);
    assertThat(fresh.get("account").asText()).isEqualTo("acme");
    assertThat(generate(fresh.get("key").asText()).getStatusCode()).isEqualTo(202);
    assertThat(generate(old.get("key").asText()).getStatusCode()).isEqualTo(202);
    api.clock.advance(Duration.ofSeconds(60));
    problem(generate(old.get("key").asText()), 401, "unauthorized");
    assertThat(generate(fresh.get("key").asText()).getStatusCode()).isEqualTo(202);
    problem(
        api.call("POST", "/api-keys/" + old.get("keyId").asText() + "/rotate")
            .key(admin)
            .json("{\"graceSeconds\":60}")
            .send(),
        409,
        "api-key-not-active");
    problem(
        api.call("POST", "/api-keys/x/rotate").key(admin).json("{\"graceSeconds\":0}").send(),
        404,
        "api-key-not-found");
  }

  @Test
  void letsAKeyExpire() {
    JsonNode key =
        json(
            create(
                "{\"account\":\"acme\",\"tier\":\"free\",\"role\":\"caller\",\"expiresAt\":\"2026-01-01T01:00:00+00:30\"}"),
            201);
    assertThat(key.get("expiresAt").asText()).isEqualTo("2026-01-01T00:30:00Z");
    assertThat(generate(key.get("key").asText()).getStatusCode()).isEqualTo(202);
    api.clock.advance(Duration.ofMinutes(30));
    problem(generate(key.get("key").asText()), 401, "unauthorized");
  }

  @Test
  void countsAnExpiredKeyAsAGuess_likeOneThatThereIsNot() {
    String key =
        json(
                create(
                    "{\"account\":\"acme\",\"tier\":\"pro\",\"expiresAt\":\"2026-01-01T00:00:01Z\"}"),
                201)
            .get("key")
            .asText();
    assertThat(generate(key).getStatusCode()).isEqualTo(202);
    api.clock.advance(Duration.ofSeconds(1));
    for (int i = 0; i < 1_000; i++) {
      problem(generate(key), 401, "unauthorized");
    }
    problem(generate(key), 429, "rate-limited");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{\"tier\":\"pro\"}                                              | account",
        "{\"account\":\"anonymous\",\"tier\":\"pro\"}                    | account",
        "{\"account\":\"-x\",\"tier\":\"pro\"}                           | account",
        "{\"account\":\"a\",\"tier\":\"anonymous\"}                      | tier",
        "{\"account\":\"a\",\"tier\":\"gold\"}                           | tier",
        "{\"account\":\"a\",\"tier\":\"pro\",\"role\":\"root\"}          | role",
        "{\"account\":\"a\",\"tier\":\"pro\",\"expiresAt\":\"soon\"}     | expiresAt",
        "{\"account\":\"a\",\"tier\":\"pro\",\"expiresAt\":\"2025-12-31T23:59:59Z\"} | expiresAt",
        "{\"account\":\"a\",\"tier\":\"pro\",\"name\":\"x\"}             | name",
      })
  void refusesAnUnusableKey_namingTheField(String json, String field) {
    assertThat(problem(create(json), 400, "invalid-request").get("errors"))
        .singleElement()
        .satisfies(error -> assertThat(error.get("field").asText()).isEqualTo(field));
  }

  @Test
  void refusesAnUnusableGrace() {
    String path = "/api-keys/" + created("acme", "pro").get("keyId").asText() + "/rotate";
    for (String json : new String[] {"{}", "{\"graceSeconds\":-1}", "{\"graceSeconds\":1e9}"}) {
      problem(api.call("POST", path).key(admin).json(json).send(), 400, "invalid-request");
    }
  }

  @Test
  void makesNoKeyForAnAccountOfAnotherTier() {
    created("acme", "pro");
    JsonNode problem =
        problem(create("{\"account\":\"acme\",\"tier\":\"free\"}"), 409, "account-exists");
    assertThat(problem.get("tier").asText()).isEqualTo("pro");
  }

  /** For a second, whoever was over the limit is refused without asking what has changed. */
  private void afterTheLongestBlock() {
    api.clock.advance(Duration.ofSeconds(1));
  }

  @Test
  void honoursAnotherTierWithinASecond_bothWays_onEveryInstance() {
    String key = created("acme", "pro").get("key").asText();
    GenerateHandler idle = api.anotherInstance();
    for (int i = 0; i < 50; i++) {
      assertThat(api.generate(ApiOnFakes.SEED).key(key).send(idle).getStatusCode()).isEqualTo(202);
    }
    put("acme", "{\"tier\":\"free\"}");
    APIGatewayV2HTTPResponse denied = api.generate(ApiOnFakes.SEED).key(key).send(idle);
    assertThat(problem(denied, 429, "rate-limited").get("limit").asInt()).isEqualTo(10);
    put("acme", "{\"tier\":\"pro\"}");
    afterTheLongestBlock();
    for (int i = 0; i < 50; i++) {
      assertThat(api.generate(ApiOnFakes.SEED).key(key).send(idle).getStatusCode()).isEqualTo(202);
    }
    problem(api.generate(ApiOnFakes.SEED).key(key).send(idle), 429, "rate-limited");
  }

  @Test
  void admitsNinetyMore_whenTenAreUsedUpAndTheTierBecomesPro() {
    String key = created("acme", "free").get("key").asText();
    for (int i = 0; i < 10; i++) {
      generate(key);
    }
    problem(generate(key), 429, "rate-limited");
    put("acme", "{\"tier\":\"pro\"}");
    afterTheLongestBlock();
    for (int i = 0; i < 90; i++) {
      assertThat(generate(key).getStatusCode()).isEqualTo(202);
    }
    problem(generate(key), 429, "rate-limited");
  }

  @Test
  void chargesAnInvocationOnce_evenIfTheTierChangesMeanwhile() {
    String key = created("acme", "free").get("key").asText();
    for (int i = 0; i < 3; i++) {
      assertThat(api.generate(ApiOnFakes.SEED).key(key).as("same").send().getHeaders())
          .containsEntry("X-RateLimit-Remaining", "9");
    }
    put("acme", "{\"tier\":\"pro\"}");
    assertThat(api.generate(ApiOnFakes.SEED).key(key).as("same").send().getHeaders())
        .containsEntry("X-RateLimit-Remaining", "99");
  }

  @Test
  void countsAnAccountsKeysTogether_andReadsApart() {
    String one = created("acme", "free").get("key").asText();
    String two = created("acme", "free").get("key").asText();
    generate(one);
    assertThat(generate(two).getHeaders()).containsEntry("X-RateLimit-Remaining", "8");
    assertThat(api.call("GET", "/templates").key(one).send().getHeaders())
        .containsEntry("X-RateLimit-Limit", "100")
        .containsEntry("X-RateLimit-Remaining", "99")
        .containsEntry("RateLimit-Policy", "\"free\";q=100;w=60");
    assertThat(api.get("/templates").getHeaders())
        .containsEntry("RateLimit-Policy", "\"anonymous\";q=1000;w=60");
  }

  @Test
  void putsTheLimitsHeaders_onEachAnswerWhoseCheckRan() {
    String key = created("acme", "pro").get("key").asText();
    for (APIGatewayV2HTTPResponse reply :
        new APIGatewayV2HTTPResponse[] {
          api.call("GET", "/jobs/nope").key(key).send(),
          api.call("GET", "/jobs?limit=x").key(key).send(),
          api.call("GET", "/metrics").key(key).send(),
          api.call("GET", "/account").key(key).send(),
          api.generate("{").key(key).send()
        }) {
      assertThat(reply.getHeaders())
          .containsKeys(
              "X-RateLimit-Limit",
              "X-RateLimit-Remaining",
              "X-RateLimit-Reset",
              "RateLimit-Policy",
              "RateLimit");
    }
  }

  @ParameterizedTest
  @FieldSource("ADMINS")
  void keepsAdminRoutesToAdmins(String route) {
    String method = route.split(" ", 2)[0];
    String target = route.split(" ", 2)[1];
    String caller = api.key("acme", Tier.PRO);
    problem(api.call(method, target).send(), 401, "unauthorized");
    problem(
        api.call(method, target).key(KeySecret.generate().reveal()).send(), 401, "unauthorized");
    problem(api.call(method, target).key(caller).json("{}").send(), 403, "forbidden");
  }

  @ParameterizedTest
  @FieldSource("KEYS")
  void keepsAccountsRoutesToThoseWithAKey(String route) {
    String method = route.split(" ", 2)[0];
    String target = route.split(" ", 2)[1];
    problem(api.call(method, target).send(), 401, "unauthorized");
    problem(
        api.call(method, target).key(KeySecret.generate().reveal()).send(), 401, "unauthorized");
  }

  @Test
  void knowsOfEachRoute_whomItIsFor() {
    assertThat(api.router().routes())
        .extracting(route -> route.method() + " " + route.path().replaceAll("[{].*?[}]", "x"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(ADMINS, KEYS, ANYONE)
                .flatMap(List::stream)
                .filter(route -> !route.equals("GET /health?deep"))
                .toList());
  }

  @Test
  void showsACallerTheirOwnTermsAndSpend() {
    put("root", "{\"tier\":\"enterprise\",\"dailyBudgetUsd\":12.50}");
    String jobId = ApiOnFakes.jobId(api.generate(ApiOnFakes.SEED).key(admin).send());
    api.complete(jobId);
    JsonNode account = json(api.call("GET", "/account").key(admin).send(), 200);
    assertThat(account.toString())
        .isEqualTo(
            "{\"account\":\"root\",\"tier\":\"enterprise\",\"role\":\"admin\",\"limits\":{\"generate\":{\"limit\":1000,\"windowSeconds\":60},\"reads\":{\"limit\":10000,\"windowSeconds\":60}},\"spend\":{\"todayUsd\":0.000028,\"openUsd\":0,\"dailyBudgetUsd\":12.5,\"resetsAt\":\"2026-01-02T00:00:00Z\"}}");
  }

  @Test
  void makesAnAccount_whereThereIsNone_andRefusesUnusableTerms() {
    JsonNode account =
        json(api.call("PUT", "/accounts/new").key(admin).json("{\"tier\":\"pro\"}").send(), 201);
    assertThat(account.toString()).isEqualTo("{\"account\":\"new\",\"tier\":\"pro\"}");
    for (String json :
        new String[] {
          "{}",
          "{\"tier\":\"gold\"}",
          "{\"tier\":\"pro\",\"dailyBudgetUsd\":-1}",
          "{\"tier\":\"pro\",\"dailyBudgetUsd\":\"1\"}",
          "{\"tier\":\"pro\",\"account\":\"new\"}"
        }) {
      problem(
          api.call("PUT", "/accounts/new").key(admin).json(json).send(), 400, "invalid-request");
    }
    problem(
        api.call("PUT", "/accounts/anonymous").key(admin).json("{\"tier\":\"pro\"}").send(),
        400,
        "invalid-request");
  }

  @Test
  void saysThatAChangeIsNotInForce_whenNobodyCouldBeTold() {
    api.epoch.setDown(true);
    APIGatewayV2HTTPResponse reply = create("{\"account\":\"acme\",\"tier\":\"pro\"}");
    JsonNode problem = problem(reply, 503, "change-not-in-force");
    assertThat(reply.getHeaders()).containsEntry("Retry-After", "60");
    assertThat(api.changes.toldSoFar()).as("the sweeper will see to it").isEmpty();
    api.epoch.setDown(false);
    assertThat(generate(problem.get("key").asText()).getStatusCode())
        .as("the key is not lost")
        .isEqualTo(202);
    assertThat(problem.get("keyId").asText()).isNotBlank();
    created("acme", "pro");
    assertThat(api.changes.toldSoFar()).hasSize(1);
  }

  @Test
  void takesTheCallersAddressFromATrustedProxy() {
    ApiOnFakes behind = new ApiOnFakes(Map.of("TRUSTED_PROXY", "203.0.113.0/24"));
    for (int i = 0; i < 100; i++) {
      behind.generate(ApiOnFakes.SEED).header("X-Forwarded-For", "198.51.100.1").send();
    }
    problem(
        behind.generate(ApiOnFakes.SEED).header("X-Forwarded-For", "198.51.100.1").send(),
        429,
        "rate-limited");
    assertThat(
            behind
                .generate(ApiOnFakes.SEED)
                .header("X-Forwarded-For", "198.51.100.2")
                .send()
                .getStatusCode())
        .isEqualTo(202);
  }

  @Test
  void ignoresWhatCallersClaimToBe() {
    for (int i = 0; i < 100; i++) {
      api.generate(ApiOnFakes.SEED).header("X-Forwarded-For", "198.51.100." + i).send();
    }
    problem(
        api.generate(ApiOnFakes.SEED).header("X-Forwarded-For", "198.51.100.250").send(),
        429,
        "rate-limited");
  }
}
