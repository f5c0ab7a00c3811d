package dev.promptlab.local.services;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The server processes that this JVM has started and not yet stopped. One shutdown hook stops what
 * is left when the JVM ends, so that neither Ctrl-C, SIGTERM nor an exception leaves a process
 * behind. Thread-safe.
 */
final class RunningServers {
  private static final RunningServers INSTANCE = new RunningServers();

  private final Set<ServerProcess> running = new LinkedHashSet<>();
  private final List<Runnable> beforeStop = new ArrayList<>();
  private boolean stopping;

  private RunningServers() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopAll, "local-services-stop"));
  }

  static RunningServers instance() {
    return INSTANCE;
  }

  /** Adds a process that has just been started; one that comes too late is killed at once. */
  synchronized void add(ServerProcess process) {
    if (stopping) {
      process.kill();
      throw new LocalServicesException("The JVM is shutting down: no server is started any more.");
    }
    running.add(process);
  }

  synchronized void remove(ServerProcess process) {
    running.remove(process);
  }

  /** Adds something to be done before the servers are stopped at the end of the JVM. */
  synchronized void beforeStop(Runnable action) {
    beforeStop.add(action);
  }

  synchronized void forget(Runnable action) {
    beforeStop.remove(action);
  }

  private void stopAll() {
    List<Runnable> actions;
    synchronized (this) {
      actions = List.copyOf(beforeStop);
    }
    try {
      actions.forEach(Runnable::run);
    } finally {
      stopProcesses();
    }
  }

  private void stopProcesses() {
    List<ServerProcess> left;
    synchronized (this) {
      stopping = true;
      left = List.copyOf(running);
    }
    left.forEach(ServerProcess::stop);
  }
}
