package dev.promptlab.local.migrate;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static com.github.tomakehurst.wiremock.stubbing.Scenario.STARTED;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.matching.RequestPatternBuilder;
import dev.promptlab.accounts.AccountStore;
import dev.promptlab.accounts.ApiKey;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.accounts.Role;
import dev.promptlab.accounts.Tier;
import dev.promptlab.accounts.rdsdata.RdsDataAccountStore;
import dev.promptlab.rdsdata.DataApi;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FirstAdminKeyIT {
  private static final String SECRET_ARN =
      "arn:aws:secretsmanager:eu-west-3:000000000000:secret:admin-AbCdEf";

  private final ScratchDatabase database = ScratchDatabase.migrated();
  private final WireMockServer secrets =
      new WireMockServer(options().dynamicPort().bindAddress("127.0.0.1"));

  @BeforeEach
  void start() {
    secrets.start();
  }

  @AfterEach
  void stop() {
    secrets.stop();
    database.close();
  }

  private Run run() {
    Map<String, String> settings = new HashMap<>(database.settings());
    settings.put("ADMIN_KEY_SECRET_ARN", SECRET_ARN);
    settings.put("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.baseUrl());
    return Run.of(MigrationFolders.OWN, settings);
  }

  private static MappingBuilder call(String operation) {
    return post("/").withHeader("X-Amz-Target", equalTo("secretsmanager." + operation));
  }

  private static RequestPatternBuilder called(String operation) {
    return postRequestedFor(urlEqualTo("/"))
        .withHeader("X-Amz-Target", equalTo("secretsmanager." + operation));
  }

  private static ResponseDefinitionBuilder error(String type) {
    return aResponse()
        .withStatus(400)
        .withHeader("Content-Type", "application/x-amz-json-1.1")
        .withBody("{\"__type\": \"%s\", \"Message\": \"what AWS says\"}".formatted(type));
  }

  private static ResponseDefinitionBuilder value(String text) {
    return okJson(
        new ObjectMapper()
            .createObjectNode()
            .put("ARN", SECRET_ARN)
            .put("SecretString", text)
            .toString());
  }

  private void holdsNothing() {
    secrets.stubFor(call("GetSecretValue").willReturn(error("ResourceNotFoundException")));
    secrets.stubFor(call("PutSecretValue").willReturn(okJson("{}")));
  }

  private void holds(String text) {
    secrets.stubFor(call("GetSecretValue").willReturn(value(text)));
  }

  private JsonNode put() throws IOException {
    return new ObjectMapper()
        .readTree(secrets.findAll(called("PutSecretValue")).getFirst().getBodyAsString());
  }

  private Optional<ApiKey> find(KeySecret secret) {
    return accounts(store -> store.find(secret.hash()));
  }

  private <T> T accounts(Function<AccountStore, T> work) {
    try (DataApi dataApi = new DataApi(Settings.of(database.settings()), Duration.ofSeconds(20))) {
      return work.apply(new RdsDataAccountStore(dataApi));
    }
  }

  private List<String> hashes() {
    return database.texts("select key_sha256 from api_key");
  }

  @Test
  void putsANewKeyInTheSecretAndItsHashInTheDatabase_andPrintsHowToReadIt() throws IOException {
    holdsNothing();
    Run run = run();
    assertThat(run.failure()).isEmpty();
    String text = put().path("SecretString").asText();
    assertThat(put().path("SecretId").asText()).isEqualTo(SECRET_ARN);
    assertThat(text).matches("pl_[A-Za-z0-9_-]{43}");
    KeySecret secret = KeySecret.parse(text).orElseThrow();
    assertThat(find(secret))
        .hasValueSatisfying(
            key -> {
              assertThat(key.role()).isEqualTo(Role.ADMIN);
              assertThat(key.account()).isEqualTo("admin");
            });
    assertThat(run.output())
        .contains(
            "aws secretsmanager get-secret-value --region eu-west-3 --secret-id %s --query SecretString --output text"
                .formatted(SECRET_ARN))
        .doesNotContain(text)
        .doesNotContain(secret.hash().hex());
  }

  @Test
  void usesTheKeyOfTheSecret_howeverOftenItRuns() {
    KeySecret secret = KeySecret.generate();
    holds(secret.reveal() + "\n");
    for (int i = 0; i < 2; i++) {
      Run run = run();
      assertThat(run.failure()).isEmpty();
      assertThat(run.output()).contains("in force").doesNotContain(secret.reveal());
    }
    assertThat(hashes()).containsExactly(secret.hash().hex());
    assertThat(secrets.findAll(called("PutSecretValue"))).isEmpty();
  }

  @Test
  void tellsTheDatabaseOfNoKeyThatIsNotInTheSecret() {
    holdsNothing();
    secrets.stubFor(call("PutSecretValue").willReturn(error("AccessDeniedException")));
    assertThat(run().failure()).contains("AWS: what AWS says");
    assertThat(hashes()).isEmpty();
  }

  @Test
  void takesTheOtherRunsKey_whenBothMakeOneAtTheSameTime() throws IOException {
    KeySecret others = KeySecret.generate();
    secrets.stubFor(
        call("GetSecretValue")
            .inScenario("race")
            .whenScenarioStateIs(STARTED)
            .willReturn(error("ResourceNotFoundException"))
            .willSetStateTo("lost"));
    secrets.stubFor(call("PutSecretValue").willReturn(error("ResourceExistsException")));
    secrets.stubFor(
        call("GetSecretValue")
            .inScenario("race")
            .whenScenarioStateIs("lost")
            .willReturn(value(others.reveal())));
    Run run = run();
    assertThat(run.failure()).isEmpty();
    assertThat(hashes()).containsExactly(others.hash().hex());
    assertThat(run.output()).doesNotContain(put().path("SecretString").asText());
  }

  @Test
  void givesAllRunsThatMakeAKeyTheSameToken_soThatOneOfThemIsRefused() throws IOException {
    holdsNothing();
    run();
    String token = put().path("ClientRequestToken").asText();
    String text = put().path("SecretString").asText();
    secrets.resetRequests();
    run();
    assertThat(put().path("ClientRequestToken").asText()).isEqualTo(token).hasSize(36);
    assertThat(put().path("SecretString").asText()).isNotEqualTo(text);
  }

  @Test
  void leavesARevokedKeyRevoked() {
    KeySecret secret = KeySecret.generate();
    holds(secret.reveal());
    assertThat(run().failure()).isEmpty();
    UUID keyId = find(secret).orElseThrow().keyId();
    assertThat(accounts(store -> store.revoke(keyId)).isPresent()).isTrue();
    Run again = run();
    assertThat(again.failure()).isEmpty();
    assertThat(again.output()).contains("revoked, and stays so").doesNotContain("in force");
    assertThat(find(secret)).isEmpty();
    assertThat(hashes()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "short-of-thirty-two-characters!",
        "one with blanks, that is long enough to be one",
        "schlüssel-schlüssel-schlüssel-schlüssel",
        "{\"adminKey\":\"pl_0123456789012345678901234567890123456789012\"}",
        " ",
      })
  void refusesATextThatIsNoKey_withoutPrintingIt(String text) {
    holds(text);
    Run run = run();
    assertThat(run.failure())
        .hasValueSatisfying(line -> assertThat(line).startsWith("ADMIN_KEY_SECRET_ARN: "));
    if (!text.isBlank()) {
      assertThat(run.output()).doesNotContain(text);
    }
    assertThat(hashes()).isEmpty();
  }

  @Test
  void refusesABinarySecret() {
    secrets.stubFor(
        call("GetSecretValue")
            .willReturn(okJson("{\"SecretBinary\": \"AAAA\", \"Name\": \"admin\"}")));
    assertThat(run().failure())
        .hasValueSatisfying(
            line -> assertThat(line).contains("ADMIN_KEY_SECRET_ARN").contains("binary"));
  }

  @Test
  void refusesAnotherAccountsKey() {
    KeySecret secret = KeySecret.generate();
    accounts(
        store ->
            store.create(
                UUID.randomUUID(),
                secret.hash(),
                "acme",
                Tier.FREE,
                Role.CALLER,
                Optional.empty()));
    holds(secret.reveal());
    Run run = run();
    assertThat(run.failure())
        .hasValueSatisfying(line -> assertThat(line).contains("a key of account acme"));
    assertThat(run.output()).doesNotContain(secret.reveal());
  }

  @Test
  void saysThatThereIsNoSuchSecret() {
    secrets.stubFor(call("GetSecretValue").willReturn(error("ResourceNotFoundException")));
    secrets.stubFor(call("PutSecretValue").willReturn(error("ResourceNotFoundException")));
    assertThat(run().failure()).contains("ADMIN_KEY_SECRET_ARN: there is no secret " + SECRET_ARN);
  }

  @Test
  void makesNoKeyWhereNoSecretIsNamed() {
    Run run = Run.of(MigrationFolders.OWN, database.settings());
    assertThat(run.failure()).isEmpty();
    assertThat(run.lines()).anyMatch(line -> line.contains("ADMIN_KEY_SECRET_ARN is not set"));
    assertThat(hashes()).isEmpty();
  }
}
