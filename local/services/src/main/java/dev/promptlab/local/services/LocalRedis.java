package dev.promptlab.local.services;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A real Redis 7.0 in a process of its own, on a free port of 127.0.0.1, without a password. It
 * evicts nothing. With a data folder everything written is kept there (append-only file); without
 * one nothing is saved.
 *
 * <p>{@link #stop}, {@link #kill}, {@link #suspend}, {@link #resume} and {@link #restart} let a
 * test make the faults that a network makes. Thread-safe.
 */
public final class LocalRedis implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String PROGRAM = "redis-server";
  private static final String PID_FILE = "redis.pid";

  private final ServerFolder folder;
  private final Path program;
  private final Optional<Path> sentinel;
  private final List<String> options;
  private final int port;
  private ServerProcess process;
  private boolean closed;

  private LocalRedis(
      ServerFolder folder, Path program, Optional<Path> sentinel, List<String> options) {
    this.folder = folder;
    this.program = program;
    this.sentinel = sentinel;
    this.options = List.copyOf(options);
    record Started(int port, ServerProcess process) {}
    Started started = Ports.startOnFreePort(free -> new Started(free, launch(free)));
    this.port = started.port();
    this.process = started.process();
  }

  /**
   * Starts a Redis and waits until it accepts connections.
   *
   * @param data the folder to keep the data in; without it nothing is saved
   * @throws LocalServicesException if it cannot be started or the folder cannot be used
   */
  public static LocalRedis start(Optional<Path> data) {
    return start(data, List.of());
  }

  /**
   * Starts a Redis that is set in some way, for tests.
   *
   * @param options as on the server's command line, such as {@code --maxmemory}, {@code 1mb}
   */
  public static LocalRedis start(Optional<Path> data, List<String> options) {
    return start(data, Optional.empty(), options);
  }

  /**
   * Starts a Sentinel instead, for tests.
   *
   * @param configuration says whom it watches; it writes there what it learns
   */
  public static LocalRedis sentinel(Path configuration) {
    return start(Optional.empty(), Optional.of(configuration), List.of());
  }

  private static LocalRedis start(
      Optional<Path> data, Optional<Path> sentinel, List<String> options) {
    Path program =
        ProgramCache.folder(ProgramCache.ofUser(), "redis", resource(), LocalRedis::unpack)
            .resolve(PROGRAM);
    ServerFolder folder = ServerFolder.open(data, "redis");
    try {
      Orphans.end(folder.path().resolve(PID_FILE), PROGRAM);
      return new LocalRedis(folder, program, sentinel, options);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  private static String resource() {
    String system =
        System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
    String machine = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    return "/redis-server-7.0.15-" + system + "-" + machine;
  }

  private static void unpack(InputStream archive, Path folder) throws IOException {
    Path program = folder.resolve(PROGRAM);
    Files.copy(archive, program);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private ServerProcess launch(int listensOn) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    sentinel.ifPresent(configuration -> command.add(configuration.toString()));
    command.addAll(List.of("--bind", "127.0.0.1", "--port", Integer.toString(listensOn)));
    command.addAll(List.of("--dir", folder.path().toString()));
    if (sentinel.isPresent()) {
      command.add("--sentinel");
      return ServerProcess.start("Sentinel", command, "TERM", "Sentinel ID is", PATIENCE);
    }
    command.addAll(List.of("--pidfile", folder.path().resolve(PID_FILE).toString()));
    command.addAll(List.of("--save", "", "--appendonly", folder.isKept() ? "yes" : "no"));
    command.addAll(List.of("--maxmemory-policy", "noeviction"));
    command.addAll(options);
    return ServerProcess.start("Redis", command, "TERM", "Ready to accept connections", PATIENCE);
  }

  /** Where it listens, such as {@code redis://127.0.0.1:39467}. */
  public URI url() {
    return URI.create("redis://127.0.0.1:" + port);
  }

  /** The TCP port; it stays the same over a {@link #restart}. */
  public int port() {
    return port;
  }

  /** Ends it with SIGKILL, as a crash would. */
  public synchronized void kill() {
    process.kill();
  }

  /**
   * Ends it in good order (SIGTERM), as an administrator would; {@link #restart} starts it again.
   */
  public synchronized void stop() {
    process.stop();
  }

  /** Freezes it (SIGSTOP): its connections stay open and nothing answers. */
  public synchronized void suspend() {
    process.signal("STOP");
  }

  /** Lets a suspended one go on (SIGCONT). */
  public synchronized void resume() {
    process.signal("CONT");
  }

  /**
   * Starts it again on the same port, after stopping it if it runs. Without a data folder it comes
   * back empty.
   */
  public synchronized void restart() {
    if (closed) {
      throw new IllegalStateException("This Redis has been closed.");
    }
    process.stop();
    process = launch(port);
  }

  /** Stops it and, without a data folder, deletes what it wrote. Does nothing the second time. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      process.stop();
      folder.close();
    }
  }
}
