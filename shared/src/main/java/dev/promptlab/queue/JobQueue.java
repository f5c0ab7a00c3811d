package dev.promptlab.queue;

import java.time.Duration;

/**
 * Hands jobs to workers: at least once, in no order. All calls throw {@link
 * JobQueueUnavailableException}. Thread-safe.
 */
public interface JobQueue {

  void send(JobMessage message);

  /**
   * Lets a received message come back after a delay instead of after its visibility time-out.
   *
   * @param receiptHandle of the delivery
   * @param delay up to 12 hours
   */
  void retryAfter(String receiptHandle, Duration delay);

  /** Puts a message that no worker can read where people look at it. */
  void deadLetter(String body, String reason);
}
