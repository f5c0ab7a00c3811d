package dev.promptlab.local.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.local.services.LocalPostgres;
import dev.promptlab.local.services.LocalRdsData;
import dev.promptlab.local.services.LocalServicesException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MigrateIT {
  private static final String APPLIED = "select name from schema_version order by version";

  private final ScratchDatabase database = new ScratchDatabase();
  @TempDir Path folder;

  @AfterEach
  void stop() {
    database.close();
  }

  private Run run() {
    return Run.of(folder, database.settings());
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private boolean hasTable(String table) {
    return database.texts("select to_regclass('%s')".formatted(table)).getFirst() != null;
  }

  @Test
  void appliesAllFilesToAnEmptyDatabase_andNothingTheSecondTime() {
    Run first = Run.of(MigrationFolders.OWN, database.settings());
    List<String> names = MigrationFolders.ownFiles().stream().map(Migration::name).toList();
    assertThat(first.failure()).isEmpty();
    assertThat(first.lines()).containsAll(names.stream().map(name -> name + " applied").toList());
    assertThat(database.texts(APPLIED)).isEqualTo(names);
    assertThat(
            database.texts(
                "select version from schema_version where length(checksum) = 64 and applied_at <= clock_timestamp()"))
        .hasSameSizeAs(names);

    List<String> schema = database.schema();
    Run second = Run.of(MigrationFolders.OWN, database.settings());
    assertThat(second.failure()).isEmpty();
    assertThat(second.lines())
        .noneMatch(line -> line.endsWith(" applied"))
        .anyMatch(line -> line.contains("as before"));
    assertThat(database.schema()).isEqualTo(schema);
  }

  static IntStream earlierVersions() {
    return IntStream.range(1, MigrationFolders.ownFiles().size());
  }

  @ParameterizedTest
  @MethodSource("earlierVersions")
  void bringsEveryEarlierVersionToTheSchemaOfAFreshDatabase(int version) throws IOException {
    MigrationFolders.copyFirst(version, folder);
    assertThat(run().failure()).isEmpty();
    assertThat(database.texts(APPLIED)).hasSize(version);
    assertThat(Run.of(MigrationFolders.OWN, database.settings()).failure()).isEmpty();
    try (ScratchDatabase fresh = new ScratchDatabase()) {
      assertThat(Run.of(MigrationFolders.OWN, fresh.settings()).failure()).isEmpty();
      assertThat(database.schema()).isEqualTo(fresh.schema());
    }
  }

  @Test
  void makesTheSchemaThatFlywayMakes_andLeavesFlywaysDatabaseAlone() {
    ScratchDatabase.postgres().migrate();
    assertThat(Run.of(MigrationFolders.OWN, database.settings()).failure()).isEmpty();
    assertThat(database.schema())
        .hasSizeGreaterThan(100)
        .isEqualTo(ScratchDatabase.schemaOf(ScratchDatabase.postgres()));

    try (LocalRdsData flyways = LocalRdsData.start(ScratchDatabase.postgres().dataSource())) {
      Run run =
          Run.of(
              MigrationFolders.OWN,
              ScratchDatabase.settings(LocalPostgres.DATABASE, flyways.endpoint()));
      assertThat(run.failure()).hasValueSatisfying(line -> assertThat(line).contains("Flyway"));
      assertThat(run.lines()).isEmpty();
    }
  }

  @Test
  void leavesADatabaseBehind_thatRunLocalLeavesAlone() {
    try (LocalPostgres postgres = LocalPostgres.start(Optional.empty());
        LocalRdsData dataApi = LocalRdsData.start(postgres.dataSource())) {
      Run run =
          Run.of(
              MigrationFolders.OWN,
              ScratchDatabase.settings(LocalPostgres.DATABASE, dataApi.endpoint()));
      assertThat(run.failure()).isEmpty();
      assertThatThrownBy(postgres::migrate)
          .isInstanceOf(LocalServicesException.class)
          .hasMessageContaining("scripts/migrate keeps this database's schema");
    }
  }

  @Test
  void appliesEachFileOnce_whenSeveralRunAtTheSameTime() throws Exception {
    Callable<Run> one = () -> Run.of(MigrationFolders.OWN, database.settings());
    List<Future<Run>> runs;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      runs = threads.invokeAll(List.of(one, one, one, one));
    }
    int applied = 0;
    for (Future<Run> run : runs) {
      assertThat(run.get().failure()).isEmpty();
      applied +=
          Math.toIntExact(run.get().lines().stream().filter(l -> l.endsWith(" applied")).count());
    }
    assertThat(applied).isEqualTo(MigrationFolders.ownFiles().size());
    assertThat(database.texts(APPLIED)).hasSize(applied);
  }

  @Test
  void leavesNothingOfAFileThatFails_namesItsStatement_andGoesOnOnceItIsRight() throws IOException {
    write("V1__first.sql", "create table a (x integer);");
    write(
        "V2__second.sql",
        """
        create table b (x integer);
        -- What fails:
        insert into b
          values ('no number');
        create table c (x integer);
        """);
    Run failed = run();
    assertThat(failed.failure())
        .hasValueSatisfying(
            line ->
                assertThat(line)
                    .contains("V2__second.sql, the statement on line 3 (insert into b)")
                    .contains("invalid input syntax for type integer")
                    .contains("Nothing of this file was applied.")
                    .doesNotContain("\n"));
    assertThat(failed.lines()).containsExactly("V1__first.sql applied");
    assertThat(database.texts(APPLIED)).containsExactly("V1__first.sql");
    assertThat(hasTable("a")).isTrue();
    assertThat(hasTable("b")).isFalse();

    write("V2__second.sql", "create table b (x integer);");
    assertThat(run().failure()).isEmpty();
    assertThat(hasTable("b")).isTrue();
  }

  @Test
  void looksAtAllFilesBeforeItAppliesOne() throws IOException {
    write("V1__first.sql", "create table a (x integer);");
    write("V2__second.sql", "insert into a values (:x);");
    assertThat(run().failure())
        .hasValueSatisfying(line -> assertThat(line).contains("V2__second.sql").contains(":x"));
    assertThat(hasTable("a")).isFalse();
  }

  @Test
  void refusesAFileThatWasChangedAfterwards() throws IOException {
    write("V1__first.sql", "create table a (x integer);");
    assertThat(run().failure()).isEmpty();
    write("V1__first.sql", "create table a (x bigint);");
    write("V2__second.sql", "create table b (x integer);");
    assertThat(run().failure())
        .hasValueSatisfying(
            line -> assertThat(line).startsWith("V1__first.sql was changed after it"));
    assertThat(hasTable("b")).isFalse();
  }

  @Test
  void refusesADatabaseThatIsNewerThanTheFiles() throws IOException {
    write("V1__first.sql", "create table a (x integer);");
    write("V2__second.sql", "create table b (x integer);");
    assertThat(run().failure()).isEmpty();
    Files.delete(folder.resolve("V2__second.sql"));
    assertThat(run().failure())
        .hasValueSatisfying(line -> assertThat(line).startsWith("V2__second.sql has been applied"));
  }

  @Test
  void refusesAFileWhoseNumberIsBeforeOneThatIsApplied() throws IOException {
    write("V1__first.sql", "create table a (x integer);");
    write("V3__third.sql", "create table c (x integer);");
    assertThat(run().failure()).isEmpty();
    write("V2__second.sql", "create table b (x integer);");
    assertThat(run().failure())
        .hasValueSatisfying(
            line ->
                assertThat(line)
                    .startsWith(
                        "V2__second.sql has not been applied, but the later V3__third.sql"));
  }

  @Test
  void saysInOneLineThatNobodyAnswers() {
    database.close();
    assertThat(Run.of(MigrationFolders.OWN, database.settings()).failure())
        .hasValueSatisfying(line -> assertThat(line).startsWith("AWS: ").doesNotContain("\n"));
  }

  @Test
  void saysThatThereIsNoSuchDatabase() {
    assertThat(
            Run.of(MigrationFolders.OWN, ScratchDatabase.settings("another", database.dataApi()))
                .failure())
        .hasValueSatisfying(
            line -> assertThat(line).contains("database \"another\" does not exist"));
  }
}
