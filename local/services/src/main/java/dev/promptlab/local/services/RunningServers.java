package dev.promptlab.local.services;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The server processes and temporary folders of this JVM that are not yet stopped and deleted. One
 * shutdown hook does it with what is left when the JVM ends, so that neither Ctrl-C, SIGTERM nor an
 * exception leaves anything behind. Thread-safe.
 */
final class RunningServers {
  private static final RunningServers INSTANCE = new RunningServers();

  private final Set<ServerProcess> running = new LinkedHashSet<>();
  private final Set<ServerFolder> temporary = new LinkedHashSet<>();
  private boolean stopping;

  private RunningServers() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopAll, "local-services-stop"));
  }

  static RunningServers instance() {
    return INSTANCE;
  }

  /** Starts a process, in such a way that the end of the JVM cannot come between. */
  synchronized ServerProcess start(Supplier<ServerProcess> start) {
    if (stopping) {
      throw new LocalServicesException("The JVM is shutting down: no server is started any more.");
    }
    ServerProcess process = start.get();
    running.add(process);
    return process;
  }

  synchronized void remove(ServerProcess process) {
    running.remove(process);
  }

  synchronized void add(ServerFolder folder) {
    temporary.add(folder);
  }

  synchronized void remove(ServerFolder folder) {
    temporary.remove(folder);
  }

  private void stopAll() {
    List<ServerProcess> processes;
    List<ServerFolder> folders;
    synchronized (this) {
      stopping = true;
      processes = List.copyOf(running);
      folders = List.copyOf(temporary);
    }
    processes.forEach(ServerProcess::stop);
    folders.forEach(ServerFolder::close);
  }
}
