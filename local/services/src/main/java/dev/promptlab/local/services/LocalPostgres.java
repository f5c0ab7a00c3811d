package dev.promptlab.local.services;

import dev.promptlab.local.services.Commands.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import javax.sql.DataSource;

/**
 * A real PostgreSQL 18 in a process of its own, on a free port of 127.0.0.1, with the empty
 * database {@value #DATABASE} and the superuser of that name, without a password. Its time zone is
 * UTC.
 *
 * <p>With a data folder the data is kept, and safe against a crash; without one it is deleted at
 * the end, and nothing waits for the disk. Thread-safe.
 */
public final class LocalPostgres implements AutoCloseable {
  /** The name of the database and of its user. */
  public static final String DATABASE = "promptlab";

  private static final int MAJOR_VERSION = 18;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ServerFolder folder;
  private final int port;
  private final ServerProcess process;
  private boolean closed;

  private LocalPostgres(ServerFolder folder, int port, ServerProcess process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /**
   * Starts a PostgreSQL and waits until it accepts connections.
   *
   * @param data the folder to keep the data in; without it the data goes with {@link #close}
   * @throws LocalServicesException if it cannot be started or the folder cannot be used
   */
  public static LocalPostgres start(Optional<Path> data) {
    return start(data, Ports::startOnFreePort);
  }

  /** As {@link #start}, on a given port. */
  static LocalPostgres startAt(int port, Optional<Path> data) {
    return start(data, launch -> launch.apply(port));
  }

  private static LocalPostgres start(Optional<Path> data, PortChoice onPort) {
    PostgresPrograms programs = PostgresPrograms.unpacked();
    ServerFolder folder = ServerFolder.open(data, "postgres");
    try {
      Path cluster = programs.prepare(folder.path().resolve("cluster"));
      Orphans.end(cluster.resolve("postmaster.pid"), "postgres");
      initialise(programs, cluster, folder.isKept());
      LocalPostgres postgres =
          onPort.start(
              port ->
                  new LocalPostgres(
                      folder, port, launch(programs, cluster, folder.isKept(), port)));
      postgres.createDatabase();
      return postgres;
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /** Chooses the port on which a server is launched. */
  @FunctionalInterface
  private interface PortChoice {
    LocalPostgres start(IntFunction<LocalPostgres> launch);
  }

  private static void initialise(PostgresPrograms programs, Path cluster, boolean kept) {
    Path versionFile = cluster.resolve("PG_VERSION");
    try {
      if (!Files.exists(versionFile)) {
        initdb(programs, cluster, kept);
      } else if (!Files.readString(versionFile).strip().equals(Integer.toString(MAJOR_VERSION))) {
        throw new LocalServicesException(
            "The data folder %s was written by PostgreSQL %s, not %d: choose another folder."
                .formatted(cluster, Files.readString(versionFile).strip(), MAJOR_VERSION));
      }
    } catch (IOException e) {
      throw new LocalServicesException(
          "%s cannot be read (%s): make it readable, or choose another data folder."
              .formatted(versionFile, LocalServicesException.reason(e)),
          e);
    }
  }

  private static void initdb(PostgresPrograms programs, Path cluster, boolean kept) {
    List<String> arguments = new ArrayList<>(List.of("-D", cluster.toString(), "-U", DATABASE));
    arguments.addAll(List.of("--auth=trust", "--encoding=UTF8", "--no-instructions"));
    arguments.addAll(
        List.of("--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"));
    if (!kept) {
      arguments.add("--no-sync");
    }
    try {
      Commands.run(programs.command("initdb", arguments));
    } catch (CommandFailedException e) {
      throw new LocalServicesException(
          "PostgreSQL cannot use the data folder %s (%s): is it empty, and can you write to it?"
              .formatted(cluster, e.getMessage()),
          e);
    }
  }

  private static ServerProcess launch(
      PostgresPrograms programs, Path cluster, boolean kept, int port) {
    List<String> arguments = new ArrayList<>(List.of("-D", cluster.toString()));
    arguments.addAll(List.of("-h", "127.0.0.1", "-p", Integer.toString(port)));
    setting(arguments, "unix_socket_directories=");
    setting(arguments, "timezone=UTC");
    setting(arguments, "log_timezone=UTC");
    setting(arguments, "log_min_messages=log");
    if (!kept) {
      setting(arguments, "fsync=off");
      setting(arguments, "synchronous_commit=off");
      setting(arguments, "full_page_writes=off");
    }
    // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client.
    return ServerProcess.start(
        "PostgreSQL",
        programs.command("postgres", arguments),
        kept ? "INT" : "QUIT",
        "database system is ready to accept connections",
        PATIENCE);
  }

  private static void setting(List<String> arguments, String setting) {
    arguments.add("-c");
    arguments.add(setting);
  }

  private void createDatabase() {
    try (Connection connection = Databases.source(jdbcUrl("postgres")).getConnection();
        Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT FROM pg_database WHERE datname = '%s'".formatted(DATABASE))) {
      if (!found.next()) {
        statement.execute("CREATE DATABASE " + DATABASE);
      }
    } catch (SQLException e) {
      process.stop();
      throw new LocalServicesException(
          "PostgreSQL started, but its database could not be made: "
              + LocalServicesException.reason(e),
          e);
    }
  }

  /** Where a JDBC driver finds it, the user included. */
  public String jdbcUrl() {
    return jdbcUrl(DATABASE);
  }

  private String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s?user=%s".formatted(port, database, DATABASE);
  }

  /** A source of new connections to it, not pooled. */
  public DataSource dataSource() {
    return Databases.source(jdbcUrl());
  }

  /** The TCP port. */
  public int port() {
    return port;
  }

  /**
   * Brings the database to the newest version with the numbered SQL files in {@code
   * classpath:db/migration}; does nothing where there are none.
   *
   * @throws LocalServicesException if a migration fails
   */
  public void migrate() {
    Databases.migrate(dataSource());
  }

  /** Stops it and, without a data folder, deletes its data. Does nothing the second time. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      process.stop();
      folder.close();
    }
  }
}
