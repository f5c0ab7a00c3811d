package dev.promptlab.local.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPostgresIT {
  private static String ask(DataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static void run(DataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void isPostgres18_inUtcAndUtf8() throws SQLException {
    DataSource source = DataApi.postgres().dataSource();

    assertThat(ask(source, "SHOW server_version")).startsWith("18.");
    assertThat(ask(source, "SELECT reset_val FROM pg_settings WHERE name = 'log_timezone'"))
        .isEqualTo("UTC");
    assertThat(ask(source, "SHOW server_encoding")).isEqualTo("UTF8");
    assertThat(ask(source, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
    assertThat(ask(source, "SELECT current_database()")).isEqualTo("promptlab");
  }

  @Test
  void waitsForTheDisk_onlyWhenDataIsKept(@TempDir Path data) throws SQLException {
    assertThat(ask(DataApi.postgres().dataSource(), "SHOW fsync")).isEqualTo("off");
    try (LocalPostgres postgres = LocalPostgres.start(Optional.of(data))) {
      assertThat(ask(postgres.dataSource(), "SHOW fsync")).isEqualTo("on");
    }
  }

  @Test
  void keepsItsData_inADataFolder(@TempDir Path data) throws SQLException {
    try (LocalPostgres postgres = LocalPostgres.start(Optional.of(data))) {
      run(postgres.dataSource(), "CREATE TABLE kept AS SELECT 7 AS n");
    }
    try (LocalPostgres postgres = LocalPostgres.start(Optional.of(data))) {
      assertThat(ask(postgres.dataSource(), "SELECT n FROM kept")).isEqualTo("7");
    }
  }

  @Test
  void migratesNothing_whenThereAreNoMigrations() throws SQLException {
    DataApi.postgres().migrate();

    assertThat(ask(DataApi.postgres().dataSource(), "SELECT 1")).isEqualTo("1");
  }

  @Test
  void refusesADataFolder_thatAnotherUses(@TempDir Path data) {
    try (LocalPostgres postgres = LocalPostgres.start(Optional.of(data))) {
      assertThat(postgres.jdbcUrl()).contains(Integer.toString(postgres.port()));
      assertThatThrownBy(() -> LocalPostgres.start(Optional.of(data)))
          .isInstanceOf(LocalServicesException.class)
          .hasMessageContaining("in use by another PromptLab");
    }
  }

  @Test
  void refusesADataFolder_ofAnotherVersion(@TempDir Path data) throws Exception {
    Path cluster = Files.createDirectories(data.resolve("cluster"));
    Files.writeString(cluster.resolve("PG_VERSION"), "12\n");

    assertThatThrownBy(() -> LocalPostgres.start(Optional.of(data)))
        .isInstanceOf(LocalServicesException.class)
        .hasMessageContaining("was written by PostgreSQL 12");
  }

  @Test
  void deletesWhatItWrote_withoutADataFolder() throws SQLException {
    LocalPostgres postgres = LocalPostgres.start(Optional.empty());
    Path folder = Path.of(ask(postgres.dataSource(), "SHOW data_directory"));
    assertThat(folder).exists();

    postgres.close();
    postgres.close();

    assertThat(folder.getParent()).doesNotExist();
  }
}
