package dev.promptlab.ratelimit;

import java.time.Duration;
import java.time.Instant;

/** What becomes of one request. */
public sealed interface RateLimitDecision {

  /** A decision that the store has made. Times are the store's. */
  sealed interface Counted extends RateLimitDecision {
    RateLimit limit();

    /** How many more would be admitted now. */
    int remaining();

    /** When one more slot frees, to the millisecond. */
    Instant resetAt();

    /** From now to {@link #resetAt()}. */
    Duration untilReset();

    /** When the decision was made. */
    default Instant decidedAt() {
      return resetAt().minus(untilReset());
    }
  }

  record Admitted(RateLimit limit, int remaining, Instant resetAt, Duration untilReset)
      implements Counted {}

  /** Denied, at no cost; after {@code untilReset}, with no other traffic, it is admitted. */
  record Denied(RateLimit limit, Instant resetAt, Duration untilReset) implements Counted {
    @Override
    public int remaining() {
      return 0;
    }
  }

  /** The store could not be asked within its budget; the request must not run. */
  record Unavailable(Duration retryAfter) implements RateLimitDecision {}
}
