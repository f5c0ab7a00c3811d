package dev.promptlab.jobs;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Waits for the ends of jobs as {@link JobEnds} announces them, for as many as there is room for.
 * Fails open: an end that was not noticed shows when the wait is over. Thread-safe.
 */
public interface JobWaits {

  /**
   * Begins to wait; an end that is announced from now on is noticed. Whoever waits should look once
   * whether the job has ended before.
   *
   * @param account who waits: two at a time
   * @param requestId of the request that waits
   * @param longest how long the wait may take
   * @return to be closed; empty if too many wait already, or nothing could be noticed
   */
  Optional<Wait> begin(UUID jobId, String account, String requestId, Duration longest);

  /** One wait. */
  interface Wait extends AutoCloseable {
    /** Returns when the job's end is announced, at the latest after the time given. */
    void await(Duration atMost);

    @Override
    void close();
  }
}
