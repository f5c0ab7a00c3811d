package dev.promptlab.local.server.eventsource;

import java.time.Duration;

/**
 * What an event source mapping is set to.
 *
 * @param batchSize messages that one invocation gets at most
 * @param window how long to gather a batch from its first message on; zero: what one receive gives
 * @param maxConcurrency invocations under way at once, at most
 * @param longPoll how long one poll waits for a message, whole seconds; a stop waits for the poll
 *     under way
 */
public record EventSourceSettings(
    String queueUrl,
    String region,
    int batchSize,
    Duration window,
    int maxConcurrency,
    Duration longPoll) {

  public EventSourceSettings {
    if (batchSize < 1 || maxConcurrency < 1) {
      throw new IllegalArgumentException("A batch size and a concurrency are 1 at least");
    }
  }

  /** As the deployed worker's, but with polls short enough for a quick stop. */
  public static EventSourceSettings of(String queueUrl, String region) {
    return new EventSourceSettings(queueUrl, region, 10, Duration.ZERO, 10, Duration.ofSeconds(1));
  }
}
