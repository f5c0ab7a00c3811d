package dev.promptlab.local.services;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server in a process of its own: started, waited for until it says that it is ready, signalled
 * and stopped. Thread-safe.
 */
final class ServerProcess {
  private static final int KEPT_LINES = 40;
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final Path SETSID = Path.of("/usr/bin/setsid");
  private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);

  private final String name;
  private final String stopSignal;
  private final Process process;
  private final Deque<String> lastLines = new ArrayDeque<>();
  private volatile boolean stopping;
  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

  private ServerProcess(String name, String stopSignal, Process process) {
    this.name = name;
    this.stopSignal = stopSignal;
    this.process = process;
  }

  /**
   * Starts a server.
   *
   * @param name what to call it in messages
   * @param command the program and its arguments
   * @param stopSignal the signal that ends it in good order, as {@code kill -s} wants it
   * @param readyText a text in the line that it prints when it accepts connections
   * @throws LocalServicesException if it ends or says nothing in time; it is stopped then
   */
  static ServerProcess start(
      String name, List<String> command, String stopSignal, String readyText, Duration patience) {
    ServerProcess server =
        RunningServers.instance()
            .start(() -> new ServerProcess(name, stopSignal, spawn(name, ownSession(command))));
    Thread.ofPlatform()
        .daemon()
        .name("output of " + name)
        .start(() -> server.readOutput(readyText));
    try {
      server.awaitReady(patience);
      server.reportUnexpectedEnd();
      return server;
    } catch (RuntimeException e) {
      server.kill();
      throw e;
    }
  }

  /**
   * Puts the command into a session of its own: Ctrl-C in a terminal reaches the whole foreground
   * group, and would otherwise end the servers before PromptLab has finished its work with them.
   */
  private static List<String> ownSession(List<String> command) {
    if (!Files.isExecutable(SETSID)) {
      return command;
    }
    List<String> all = new ArrayList<>(List.of(SETSID.toString()));
    all.addAll(command);
    return all;
  }

  private static Process spawn(String name, List<String> command) {
    try {
      return Commands.builder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new LocalServicesException(
          "%s could not be started: %s".formatted(name, LocalServicesException.reason(e)), e);
    }
  }

  /** Nobody would know why requests are refused from then on. */
  private void reportUnexpectedEnd() {
    var _ =
        process
            .onExit()
            .thenRun(
                () -> {
                  if (!stopping) {
                    LOG.error("{} has ended by itself: start PromptLab again", name);
                  }
                });
  }

  private void readOutput(String readyText) {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        keep(line);
        if (line.contains(readyText)) {
          ready.complete(true);
        }
      }
    } catch (IOException e) {
      keep("(its output could not be read: " + LocalServicesException.reason(e) + ")");
    }
    ready.complete(false);
  }

  private void keep(String line) {
    synchronized (lastLines) {
      lastLines.addLast(line.strip());
      if (lastLines.size() > KEPT_LINES) {
        lastLines.removeFirst();
      }
    }
  }

  private void awaitReady(Duration patience) {
    try {
      if (!ready.get(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new LocalServicesException("%s ended at once: %s".formatted(name, output()));
      }
    } catch (TimeoutException e) {
      throw new LocalServicesException(
          "%s was not ready within %d s: %s".formatted(name, patience.toSeconds(), output()), e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalServicesException("The start of %s was interrupted.".formatted(name), e);
    }
  }

  /** The last lines that the server printed. */
  String output() {
    synchronized (lastLines) {
      return String.join(" / ", lastLines);
    }
  }

  /** Sends a signal by its name without SIG, such as {@code STOP}. */
  void signal(String signal) {
    Commands.signal(process.pid(), signal);
  }

  /** Ends the server with SIGKILL and waits until it is gone. */
  void kill() {
    stopping = true;
    process.destroyForcibly();
    awaitEnd();
    RunningServers.instance().remove(this);
  }

  /** Ends the server in good order, by force if it takes too long. Does nothing if it has ended. */
  void stop() {
    stopping = true;
    if (process.isAlive()) {
      // A suspended process would not hear the stop signal.
      signal("CONT");
      signal(stopSignal);
      if (!awaitEnd()) {
        process.destroyForcibly();
        awaitEnd();
      }
    }
    RunningServers.instance().remove(this);
  }

  private boolean awaitEnd() {
    try {
      return process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Stopping must not be left half done: the process is killed, and the caller stays
      // interrupted.
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
