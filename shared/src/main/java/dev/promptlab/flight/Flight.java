package dev.promptlab.flight;

import dev.promptlab.cache.InputHash;
import dev.promptlab.ratelimit.RateLimit;
import java.util.Optional;

/**
 * What every request asks Redis, together: whether it is within its limit, which epoch is in force,
 * and often the result of its input. Fails closed. Thread-safe.
 */
public interface Flight {
  /**
   * Asks.
   *
   * @param identity who is counted
   * @param requestId a repeat under the same id is charged once
   * @param result the input whose cached result is wanted
   */
  FlightReply send(String identity, RateLimit limit, String requestId, Optional<InputHash> result);
}
