package dev.promptlab.local.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalServicesIT {
  private static final String NOBODY_LISTENS = "127.0.0.1:9";

  private static Set<Long> serverProcesses() {
    return ProcessHandle.current()
        .children()
        .filter(ProcessHandle::isAlive)
        .map(ProcessHandle::pid)
        .collect(Collectors.toSet());
  }

  private static LocalServices start(LocalServicesSettings settings) {
    return LocalServices.start(settings, line -> {});
  }

  private static void run(String jdbcUrl, String sql) throws SQLException {
    try (Connection connection = Databases.source(jdbcUrl).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void tellsTheFunctionsWhereEverythingIs_andReportsEachPart() {
    List<String> lines = new ArrayList<>();
    try (LocalServices services =
        LocalServices.start(LocalServicesSettings.embedded(), lines::add)) {
      assertThat(services.environment())
          .containsEntry("REDIS_URL", services.redisUrl())
          .containsEntry("AWS_ENDPOINT_URL_SQS", services.sqsEndpoint())
          .containsEntry("AWS_ENDPOINT_URL_RDS_DATA", services.rdsDataEndpoint())
          .containsEntry("QUEUE_URL", services.queueUrl())
          .containsEntry("DEAD_LETTER_QUEUE_URL", services.deadLetterQueueUrl())
          .containsEntry("DATABASE_NAME", "promptlab")
          .containsEntry("AWS_REGION", "us-east-1")
          .containsKeys(
              "AWS_ACCESS_KEY_ID",
              "AWS_SECRET_ACCESS_KEY",
              "DATABASE_RESOURCE_ARN",
              "DATABASE_SECRET_ARN");
      assertThat(services.redis()).isPresent();
    }
    assertThat(lines).hasSize(4).allMatch(line -> line.matches(".+ is ready at .+ \\(\\d+ ms\\)"));
    assertThat(lines.getFirst()).startsWith("Redis");
  }

  @Test
  void leavesNoProcess_whenItIsClosed() {
    Set<Long> before = serverProcesses();
    LocalServices services = start(LocalServicesSettings.embedded());
    assertThat(serverProcesses()).hasSize(before.size() + 2);

    services.close();
    services.close();

    assertThat(serverProcesses()).isEqualTo(before);
  }

  @Test
  void runsBesideAnother() throws SQLException {
    try (LocalServices one = start(LocalServicesSettings.embedded());
        LocalServices two = start(LocalServicesSettings.embedded())) {
      run(one.jdbcUrl(), "CREATE TABLE mine (id int)");
      run(two.jdbcUrl(), "CREATE TABLE mine (id int)");
      assertThat(one.queueUrl()).isNotEqualTo(two.queueUrl());
    }
  }

  @Test
  void keepsItsData_andRefusesASecondOneOnIt(@TempDir Path data) throws SQLException {
    Set<Long> before = serverProcesses();
    try (LocalServices services = start(LocalServicesSettings.keptIn(data))) {
      run(services.jdbcUrl(), "CREATE TABLE kept (id int)");

      assertThatThrownBy(() -> start(LocalServicesSettings.keptIn(data)))
          .isInstanceOf(LocalServicesException.class)
          .hasMessageContaining("in use by another PromptLab");
      assertThat(serverProcesses()).hasSize(before.size() + 2);
    }
    try (LocalServices services = start(LocalServicesSettings.keptIn(data))) {
      run(services.jdbcUrl(), "INSERT INTO kept VALUES (1)");
    }
  }

  @Test
  void usesServersOfTheUsersOwn() throws SQLException {
    try (LocalRedis redis = LocalRedis.start(Optional.empty());
        LocalPostgres postgres = LocalPostgres.start(Optional.empty());
        LocalSqs sqs = LocalSqs.start()) {
      Set<Long> before = serverProcesses();
      String url = "postgresql://promptlab:any@127.0.0.1:%d/promptlab".formatted(postgres.port());
      LocalServicesSettings external =
          new LocalServicesSettings(
              Optional.of(redis.url()),
              Optional.of(url),
              Optional.of(sqs.endpoint()),
              Optional.empty());
      try (LocalServices services = start(external)) {
        assertThat(serverProcesses()).isEqualTo(before);
        assertThat(services.redis()).isEmpty();
        assertThat(services.redisUrl()).isEqualTo(redis.url().toString());
        assertThat(services.queueUrl()).isEqualTo(sqs.queueUrl());
        run(services.jdbcUrl(), "CREATE TABLE theirs (id int)");
      }
      run(postgres.jdbcUrl(), "INSERT INTO theirs VALUES (1)");
    }
  }

  @Test
  void saysWhatToDo_whenAServerOfTheUsersOwnDoesNotAnswer() {
    Set<Long> before = serverProcesses();

    assertRefused(
        new LocalServicesSettings(
            Optional.of(URI.create("redis://" + NOBODY_LISTENS)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        "REDIS_URL");
    assertRefused(
        new LocalServicesSettings(
            Optional.empty(),
            Optional.of("postgresql://u:secret@" + NOBODY_LISTENS + "/d"),
            Optional.empty(),
            Optional.empty()),
        "DATABASE_URL");
    assertRefused(
        new LocalServicesSettings(
            Optional.empty(),
            Optional.empty(),
            Optional.of(URI.create("http://" + NOBODY_LISTENS)),
            Optional.empty()),
        "SQS_ENDPOINT");
    assertThat(serverProcesses()).isEqualTo(before);
  }

  @Test
  void saysWhatToDo_whenTheDataFolderCannotBeUsed(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    assertRefused(LocalServicesSettings.keptIn(file), "choose another");
  }

  private static void assertRefused(LocalServicesSettings settings, String hint) {
    assertThatThrownBy(() -> start(settings))
        .isInstanceOf(LocalServicesException.class)
        .hasMessageContaining(hint)
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining("secret");
  }
}
