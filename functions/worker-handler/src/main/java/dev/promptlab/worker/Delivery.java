package dev.promptlab.worker;

import java.time.Duration;

/** What is to become of a message once it has been processed. */
public sealed interface Delivery {
  /** Nothing is left to do: the queue forgets it. */
  record Done() implements Delivery {}

  /** It comes back after a delay. */
  record Retry(Duration delay) implements Delivery {}
}
