package dev.promptlab.jobs;

import java.util.UUID;

/** Tells those who wait for a job that it has ended. Fails open. Thread-safe. */
public interface JobEnds {
  /** Tells all who wait for a job, wherever they do. */
  void announce(UUID jobId);
}
