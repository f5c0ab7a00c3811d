package dev.promptlab.ratelimit;

import java.time.Duration;

/**
 * At most {@code limit} requests in any trailing {@code window}.
 *
 * @param policy its name, as callers see it
 */
public record RateLimit(String policy, int limit, Duration window) {
  public RateLimit {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be positive");
    }
    if (window.toMillis() < 1) {
      throw new IllegalArgumentException("window must be at least a millisecond");
    }
  }
}
