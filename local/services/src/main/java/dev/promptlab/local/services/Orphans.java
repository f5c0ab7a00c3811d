package dev.promptlab.local.services;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Servers that outlived the JVM that owned them, because that was killed with SIGKILL. They are
 * known by the pid file in their data folder, whose lock died with that JVM.
 */
final class Orphans {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Orphans() {}

  /**
   * Ends the process that a pid file names, if it still runs that program. The caller holds the
   * folder's lock.
   *
   * @throws LocalServicesException if it cannot be ended
   */
  static void end(Path pidFile, String program) {
    running(pidFile, program).ifPresent(orphan -> end(orphan, pidFile, program));
  }

  private static Optional<ProcessHandle> running(Path pidFile, String program) {
    try {
      if (!Files.isRegularFile(pidFile)) {
        return Optional.empty();
      }
      List<String> lines = Files.readAllLines(pidFile);
      return lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,9}")
          ? Optional.empty()
          : ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
              .filter(process -> isProgram(process, program));
    } catch (IOException e) {
      throw new LocalServicesException(
          "%s cannot be read: %s".formatted(pidFile, LocalServicesException.reason(e)), e);
    }
  }

  private static boolean isProgram(ProcessHandle process, String program) {
    return process.info().command().filter(path -> path.endsWith("/" + program)).isPresent();
  }

  private static void end(ProcessHandle orphan, Path pidFile, String program) {
    Commands.signal(orphan.pid(), "INT");
    try {
      orphan.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new LocalServicesException(
          "A %s of an earlier run (process %d, %s) does not stop: kill it."
              .formatted(program, orphan.pid(), pidFile),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalServicesException("Interrupted while stopping an earlier " + program, e);
    }
  }
}
