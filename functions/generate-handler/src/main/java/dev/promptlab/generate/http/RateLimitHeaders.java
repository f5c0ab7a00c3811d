package dev.promptlab.generate.http;

import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a rate-limit decision shows in headers: the usual {@code X-RateLimit-*} ones and those of the
 * IETF draft.
 */
public final class RateLimitHeaders {
  private RateLimitHeaders() {}

  public static Map<String, String> of(RateLimitDecision.Counted decision) {
    RateLimit limit = decision.limit();
    String policy = '"' + limit.policy() + '"';
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-RateLimit-Limit", Integer.toString(limit.limit()));
    headers.put("X-RateLimit-Remaining", Integer.toString(decision.remaining()));
    headers.put("X-RateLimit-Reset", Long.toString(wholeSeconds(decision.resetAt())));
    headers.put(
        "RateLimit-Policy", policy + ";q=" + limit.limit() + ";w=" + limit.window().toSeconds());
    headers.put(
        "RateLimit",
        policy + ";r=" + decision.remaining() + ";t=" + wholeSeconds(decision.untilReset()));
    return headers;
  }

  /** Rounded up: whoever waits that long is admitted. */
  public static long wholeSeconds(Duration duration) {
    return Math.ceilDiv(duration.toMillis(), 1000L);
  }

  private static long wholeSeconds(Instant instant) {
    return Math.ceilDiv(instant.toEpochMilli(), 1000L);
  }
}
