package dev.promptlab.local.services;

import static dev.promptlab.local.services.DataApi.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.rdsdata.model.BadRequestException;
import software.amazon.awssdk.services.rdsdata.model.DatabaseErrorException;
import software.amazon.awssdk.services.rdsdata.model.DatabaseUnavailableException;
import software.amazon.awssdk.services.rdsdata.model.RdsDataException;
import software.amazon.awssdk.services.rdsdata.model.StatementTimeoutException;

class RdsDataRefusalsIT {
  private final DataApi api = DataApi.shared();

  @Test
  void wordsAnError_asAuroraDoes() {
    api.execute("DROP TABLE IF EXISTS u");
    api.execute("CREATE TABLE u (id int PRIMARY KEY)");
    api.execute("INSERT INTO u VALUES (1)");

    assertThatThrownBy(() -> api.execute("INSERT INTO u VALUES (1)"))
        .isInstanceOfSatisfying(
            DatabaseErrorException.class,
            e ->
                assertThat(e.awsErrorDetails().errorMessage())
                    .isEqualTo(
                        "ERROR: duplicate key value violates unique constraint \"u_pkey\"\n"
                            + "  Detail: Key (id)=(1) already exists.; SQLState: 23505"));
  }

  @Test
  void refuses_twoStatements() {
    assertThatThrownBy(() -> api.execute("SELECT 1; SELECT 2"))
        .isInstanceOfSatisfying(
            RdsDataException.class,
            e -> {
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ValidationException");
              assertThat(e.awsErrorDetails().errorMessage())
                  .isEqualTo("Multistatements aren't supported.");
            });
  }

  @Test
  void refuses_theSchemaParameter() {
    assertThatThrownBy(
            () -> api.client().executeStatement(request("SELECT 1").schema("public").build()))
        .isInstanceOf(RdsDataException.class)
        .hasMessageContaining("The schema parameter isn't supported");
  }

  @Test
  void refuses_anotherDatabase() {
    assertThatThrownBy(
            () -> api.client().executeStatement(request("SELECT 1").database("other").build()))
        .isInstanceOf(DatabaseErrorException.class)
        .hasMessageContaining("ERROR: database \"other\" does not exist; SQLState: 3D000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"BEGIN", "COMMIT", "ROLLBACK"})
  void refuses_transactionControlInSql(String sql) {
    assertThatThrownBy(() -> api.execute(sql)).isInstanceOf(BadRequestException.class);
  }

  @Test
  void forgetsSessionSettings_afterTheCall() {
    api.execute("SET search_path = nowhere");

    assertThat(api.value("SHOW search_path").stringValue()).isEqualTo("\"$user\", public");
  }

  @Test
  void runsInUtc() {
    assertThat(api.value("SHOW TimeZone").stringValue()).isEqualTo("UTC");
  }

  @Test
  void cancelsAStatement_thatTakesTooLong_unlessItMayGoOn() {
    LocalRdsData.Limits limits =
        new LocalRdsData.Limits(Duration.ofMinutes(3), Duration.ofSeconds(1));
    try (LocalRdsData server = LocalRdsData.start(DataApi.postgres().dataSource(), limits)) {
      DataApi quick = DataApi.at(server);

      assertThatThrownBy(() -> quick.execute("SELECT pg_sleep(30)::text"))
          .isInstanceOf(StatementTimeoutException.class);
      assertThat(
              quick
                  .client()
                  .executeStatement(
                      request("SELECT pg_sleep(1.2)::text").continueAfterTimeout(true).build())
                  .records())
          .hasSize(1);
    }
  }

  @Test
  void worksAgain_whenTheDatabaseHasBeenRestarted(@TempDir Path data) {
    LocalPostgres first = LocalPostgres.start(Optional.of(data));
    try (LocalRdsData server = LocalRdsData.start(first.dataSource())) {
      DataApi other = DataApi.at(server);
      other.execute("CREATE TABLE kept (id int)");
      first.close();

      assertThatThrownBy(() -> other.execute("SELECT 1"))
          .isInstanceOf(DatabaseUnavailableException.class);

      try (LocalPostgres second = LocalPostgres.startAt(first.port(), Optional.of(data))) {
        assertThat(second.port()).isEqualTo(first.port());
        assertThat(onceDeadConnectionsAreGone(() -> other.execute("SELECT * FROM kept")).records())
            .isEmpty();
      }
    }
  }

  /** Each of the pool's may show only when it is used that its server has gone. */
  private static <T> T onceDeadConnectionsAreGone(Supplier<T> call) {
    for (int attempt = 1; ; attempt++) {
      try {
        return call.get();
      } catch (DatabaseUnavailableException e) {
        if (attempt == 10) {
          throw e;
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/Execute | nothing | SerializationException",
        "/Execute | [] | SerializationException",
        "/Execute | {\"a\":1}{} | SerializationException",
        "/Execute | {\"resourceArn\":\"r\",\"resourceArn\":\"r\"} | SerializationException",
        "/Execute | {} | ValidationException",
        "/Execute | {\"resourceArn\":\"r\",\"secretArn\":\"s\"} | ValidationException",
        "/Execute | {\"resourceArn\":\"r\",\"secretArn\":\"s\",\"sql\":1} | SerializationException",
        "/Execute | {\"resourceArn\":\"r\",\"secretArn\":\"s\",\"sql\":\" \"} | ValidationException",
        "/Execute | {\"resourceArn\":\"r\",\"secretArn\":\"s\",\"sql\":\"SELECT :a\",\"parameters\":{}} | SerializationException",
        "/Execute | {\"resourceArn\":\"r\",\"secretArn\":\"s\",\"sql\":\"SELECT :a\",\"parameters\":[{\"name\":\"a\"}]} | SerializationException",
        "/Execute | {\"resourceArn\":\"r\",\"secretArn\":\"s\",\"sql\":\"SELECT :a\",\"parameters\":[{\"name\":\"a\",\"value\":{\"longValue\":\"1\"}}]} | SerializationException",
        "/Execute | {\"resourceArn\":\"r\",\"secretArn\":\"s\",\"sql\":\"SELECT :a\",\"parameters\":[{\"name\":\"a\",\"value\":{\"longValue\":1.5}}]} | SerializationException",
        "/Execute | {\"resourceArn\":\"r\",\"secretArn\":\"s\",\"sql\":\"SELECT :a\",\"parameters\":[{\"name\":\"a\",\"value\":{\"blobValue\":\"*\"}}]} | SerializationException",
        "/Execute | {\"resourceArn\":\"r\",\"secretArn\":\"s\",\"sql\":\"SELECT 1\",\"formatRecordsAs\":\"XML\"} | ValidationException",
        "/CommitTransaction | {\"resourceArn\":\"r\",\"secretArn\":\"s\"} | ValidationException",
      })
  void answers400_whenARequestIsMalformed(String path, String body, String type)
      throws IOException, InterruptedException {
    HttpResponse<String> response = post(path, body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("x-amzn-ErrorType")).contains(type);
    assertThat(response.body()).startsWith("{\"message\":");
  }

  @Test
  void answers404_whenThereIsNoSuchOperation() throws IOException, InterruptedException {
    assertThat(post("/ExecuteSql", "{\"resourceArn\":\"r\",\"secretArn\":\"s\"}").statusCode())
        .isEqualTo(404);
  }

  @Test
  void answers413_whenTheRequestIsOver4MiB() throws IOException, InterruptedException {
    assertThat(post("/Execute", " ".repeat(4 * 1024 * 1024 + 1)).statusCode()).isEqualTo(413);
  }

  @Test
  void answersABurst_overManyConnections() throws Exception {
    String body =
        "{\"resourceArn\":\"r\",\"secretArn\":\"s\",\"sql\":\"SELECT pg_sleep(0.01)::text\"}";
    HttpRequest request =
        HttpRequest.newBuilder(api.endpoint().resolve("/Execute"))
            .POST(BodyPublishers.ofString(body))
            .build();
    try (HttpClient http = HttpClient.newHttpClient();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> statuses = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        statuses.add(
            threads.submit(() -> http.send(request, BodyHandlers.discarding()).statusCode()));
      }
      for (Future<Integer> status : statuses) {
        assertThat(status.get()).isEqualTo(200);
      }
    }
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = api.endpoint().resolve(path);
      return http.send(
          HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build(),
          BodyHandlers.ofString());
    }
  }
}
