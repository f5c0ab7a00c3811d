package dev.promptlab.providers;

import dev.promptlab.generation.Provider;
import java.time.Duration;
import java.util.UUID;

/**
 * Lets all workers together make no more calls of a provider, per minute and at a time, than is
 * wanted. Fails open: while the store cannot be asked, every call may be made. Thread-safe.
 */
public interface CallBudget {
  /** Whether a call may be made now. */
  sealed interface Turn {
    /** It may, and is counted. */
    record Granted() implements Turn {}

    /** It may not; it is worth to ask again after a while. */
    record Later(Duration delay) implements Turn {}
  }

  /**
   * Takes a turn.
   *
   * @param call names the call: a repeat under the same name is counted once
   * @param longest after which the call is over, whether {@link #end} was called or not
   */
  Turn take(Provider provider, UUID call, Duration longest);

  /** The call is over. */
  void end(Provider provider, UUID call);
}
