package dev.promptlab.local.services;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Short commands, and the environment in which every process of this package runs. */
final class Commands {
  private Commands() {}

  static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    // A locale that this machine lacks stops Redis and initdb; PG… settings of the user's own
    // would reach PostgreSQL's programs.
    environment.keySet().removeIf(key -> key.startsWith("LC_") || key.startsWith("PG"));
    environment.put("LC_ALL", "C");
    return builder;
  }

  /**
   * Runs a command to its end.
   *
   * @return what it printed
   * @throws CommandFailedException if it cannot be run or ends with another status than 0
   */
  static String run(List<String> command) throws CommandFailedException {
    try {
      Process process = builder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int status = process.waitFor();
      if (status != 0) {
        throw new CommandFailedException("status %d: %s".formatted(status, output));
      }
      return output;
    } catch (IOException e) {
      throw new CommandFailedException(LocalServicesException.reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted");
    }
  }

  /** Sends a signal by its name without SIG; a process that is gone is not an error. */
  static void signal(long pid, String signal) {
    try {
      // The shell's own kill: the program of that name is not everywhere.
      run(List.of("sh", "-c", "kill -s \"$1\" \"$2\"", "kill", signal, Long.toString(pid)));
    } catch (CommandFailedException e) {
      if (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
        throw new LocalServicesException(
            "Process %d could not be sent SIG%s: %s".formatted(pid, signal, e.getMessage()), e);
      }
    }
  }

  /** A command could not be run, or said that it failed. */
  static final class CommandFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    CommandFailedException(String message) {
      super(message);
    }
  }
}
