package dev.promptlab.worker;

import dev.promptlab.generation.Provider;
import java.time.Duration;

/** A provider is not asked now; that is no failure of the job, which waits in the queue. */
final class ProviderBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Duration delay;
  private final boolean down;

  private ProviderBusyException(String reason, Duration delay, boolean down) {
    super(reason);
    this.delay = delay;
    this.down = down;
  }

  /** As many calls are made as are wanted. */
  static ProviderBusyException notItsTurn(Provider provider, Duration delay) {
    return new ProviderBusyException("waits for its turn at " + provider.wireName(), delay, false);
  }

  /** Its circuit breaker is open. */
  static ProviderBusyException down(Provider provider, Duration delay) {
    return new ProviderBusyException(provider.wireName() + " is down", delay, true);
  }

  /** After which it is worth to try again. */
  Duration delay() {
    return delay;
  }

  boolean down() {
    return down;
  }
}
