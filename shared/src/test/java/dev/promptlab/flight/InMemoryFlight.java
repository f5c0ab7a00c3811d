package dev.promptlab.flight;

import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.epoch.EpochReading;
import dev.promptlab.epoch.InMemoryEpoch;
import dev.promptlab.ratelimit.InMemoryRateLimiter;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import java.time.Duration;
import java.util.Optional;

/** A flight without Redis. */
public final class InMemoryFlight implements Flight {
  private final InMemoryRateLimiter limiter;
  private final ResultCache cache;
  private final InMemoryEpoch epoch;
  private boolean down;
  private int flights;

  public InMemoryFlight(InMemoryRateLimiter limiter, ResultCache cache, InMemoryEpoch epoch) {
    this.limiter = limiter;
    this.cache = cache;
    this.epoch = epoch;
  }

  /** Lets every flight be lost from now on. */
  public void setDown(boolean nowDown) {
    down = nowDown;
  }

  /** How many there were. */
  public int flights() {
    return flights;
  }

  @Override
  public FlightReply send(
      String identity, RateLimit limit, String requestId, Optional<InputHash> result) {
    flights++;
    if (down) {
      return new FlightReply.Lost(new RateLimitDecision.Unavailable(Duration.ofSeconds(1)));
    }
    RateLimitDecision.Counted decision = limiter.check(identity, limit, requestId);
    return new FlightReply.Arrived(
        decision,
        new EpochReading(epoch.token(), decision.decidedAt()),
        result.flatMap(cache::get));
  }
}
