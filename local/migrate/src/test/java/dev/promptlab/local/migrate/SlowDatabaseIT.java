package dev.promptlab.local.migrate;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static com.github.tomakehurst.wiremock.stubbing.Scenario.STARTED;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Aurora may answer beside what a PostgreSQL does, before a real database. */
final class SlowDatabaseIT {
  private static final String STILL_RUNNING = "Transaction is still running a query";

  private final ScratchDatabase database = new ScratchDatabase();
  private final WireMockServer front =
      new WireMockServer(options().dynamicPort().bindAddress("127.0.0.1"));
  @TempDir Path folder;

  @BeforeEach
  void start() throws IOException {
    front.start();
    front.stubFor(
        any(anyUrl())
            .atPriority(10)
            .willReturn(aResponse().proxiedFrom(database.dataApi().toString())));
    Files.writeString(folder.resolve("V1__a.sql"), "create table a (x integer);");
  }

  @AfterEach
  void stop() {
    front.stop();
    database.close();
  }

  private Map<String, String> settings() {
    return database.settings(URI.create(front.baseUrl()));
  }

  private static ResponseDefinitionBuilder error(String type, String message) {
    return aResponse()
        .withStatus(400)
        .withHeader("x-amzn-ErrorType", type)
        .withHeader("Content-Type", "application/json")
        .withBody("{\"message\": \"%s\"}".formatted(message));
  }

  private static MappingBuilder statement(String sql) {
    return post("/Execute").withRequestBody(containing(sql));
  }

  /** Answers the calls that follow each other, one after the other, and what comes then not. */
  private void then(String from, MappingBuilder call, ResponseDefinitionBuilder answer, String to) {
    front.stubFor(
        call.inScenario("slow").whenScenarioStateIs(from).willReturn(answer).willSetStateTo(to));
  }

  @Test
  void waitsForADatabaseThatIsAsleep_andSaysSoOnce() {
    ResponseDefinitionBuilder resuming =
        error("DatabaseResumingException", "The Aurora DB instance is resuming");
    then(STARTED, post("/BeginTransaction"), resuming, "again");
    then("again", post("/BeginTransaction"), resuming, "once more");
    then("once more", post("/BeginTransaction"), resuming, "awake");
    Run run = Run.of(folder, settings());
    assertThat(run.failure()).isEmpty();
    assertThat(run.lines())
        .containsOnlyOnce("The database is asleep; waiting until it has woken up ...")
        .contains("V1__a.sql applied");
  }

  @Test
  void givesUpOnADatabaseThatDoesNotWakeUp() {
    front.stubFor(
        post("/BeginTransaction")
            .willReturn(error("DatabaseResumingException", "The Aurora DB instance is resuming")));
    Patience none = new Patience(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    assertThat(Run.of(folder, settings(), none).failure())
        .contains("the database has not woken up within 0 s: try again");
  }

  @Test
  void waitsForAStatementThatTakesLongerThanACall() {
    then(
        STARTED,
        statement("create table a"),
        error("StatementTimeoutException", "Request timed out"),
        "running");
    then("running", statement("select 1"), error("DatabaseErrorException", STILL_RUNNING), "ended");
    Run run = Run.of(folder, settings());
    assertThat(run.failure()).isEmpty();
    assertThat(run.lines())
        .contains("A statement takes longer than a call may; waiting for its end ...")
        .contains("V1__a.sql applied");
  }

  @Test
  void seesThatAStatementHasFailedAfterItsCall() {
    then(
        STARTED,
        statement("create table a"),
        error("StatementTimeoutException", "Request timed out"),
        "failed");
    then(
        "failed",
        statement("select 1"),
        error("DatabaseErrorException", "ERROR: current transaction is aborted; SQLState: 25P02"),
        "over");
    assertThat(Run.of(folder, settings()).failure())
        .hasValueSatisfying(
            line ->
                assertThat(line)
                    .contains("V1__a.sql, the statement on line 1 (create table a (x integer))")
                    .contains("current transaction is aborted"));
    assertThat(database.texts("select to_regclass('schema_version')").getFirst()).isNull();
  }

  @Test
  void asksForEachStatementToGoOnAfterItsCall() {
    Run.of(folder, settings());
    assertThat(front.findAll(postRequestedFor(urlEqualTo("/Execute"))))
        .isNotEmpty()
        .allSatisfy(
            call -> assertThat(call.getBodyAsString()).contains("\"continueAfterTimeout\":true"));
  }
}
