package dev.promptlab.flight;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.epoch.EpochReading;
import dev.promptlab.ratelimit.RateLimitDecision;
import java.util.Optional;

/** What a {@link Flight} brings back. */
public sealed interface FlightReply {

  /**
   * An answer.
   *
   * @param result empty where there is none, it could not be read, or none was wanted
   */
  record Arrived(
      RateLimitDecision.Counted decision, EpochReading epoch, Optional<CachedResult> result)
      implements FlightReply {}

  /** There was no answer within the budget; the request must not run, and was charged nothing. */
  record Lost(RateLimitDecision.Unavailable decision) implements FlightReply {}
}
