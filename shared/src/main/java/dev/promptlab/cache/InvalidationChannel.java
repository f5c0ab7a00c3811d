package dev.promptlab.cache;

/**
 * Where instances that are awake hear of an invalidation at once. A message may be lost: what makes
 * certain that nothing is served any more is the epoch, which each request reads. Thread-safe.
 */
public interface InvalidationChannel {
  /** What is told: keys like {@code pattern} are not served any more. */
  record Message(KeyPattern pattern, String reason) {}

  /** Tells all instances; a message that cannot be sent is logged, and lost. */
  void publish(Message message);

  /**
   * Begins to listen, without waiting for it.
   *
   * @param listener is called back for each message, on a thread of its own
   */
  void listen(Runnable listener);
}
