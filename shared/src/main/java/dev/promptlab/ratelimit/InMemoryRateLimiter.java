package dev.promptlab.ratelimit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sliding window of one process, as simple as it can be said: for what is limited while the
 * shared store cannot be asked, and for tests. Keeps the windows of the 10,000 identities that were
 * seen last. Thread-safe.
 */
public final class InMemoryRateLimiter implements RateLimiter {
  private static final int MAX_IDENTITIES = 10_000;

  private final Clock clock;
  private final Map<String, List<Stamp>> windows =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<Stamp>> eldest) {
          return size() > MAX_IDENTITIES;
        }
      };

  private record Stamp(String requestId, Instant at) {}

  public InMemoryRateLimiter(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized RateLimitDecision.Counted check(
      String identity, RateLimit limit, String requestId) {
    Instant now = clock.instant();
    List<Stamp> stamps = windows.computeIfAbsent(identity, _ -> new ArrayList<>());
    // A stamp later than now means that the clock stepped back.
    stamps.replaceAll(stamp -> stamp.at().isAfter(now) ? new Stamp(stamp.requestId(), now) : stamp);
    stamps.removeIf(stamp -> !stamp.at().isAfter(now.minus(limit.window())));
    int rank = stamps.stream().map(Stamp::requestId).toList().indexOf(requestId);
    boolean admitted = rank >= 0 ? rank < limit.limit() : stamps.size() < limit.limit();
    if (admitted && rank < 0) {
      stamps.add(new Stamp(requestId, now));
    } else if (!admitted && rank >= 0) {
      stamps.remove(rank);
    }
    Instant resetAt =
        stamps.get(Math.max(0, stamps.size() - limit.limit())).at().plus(limit.window());
    Duration untilReset = Duration.between(now, resetAt);
    return admitted
        ? new RateLimitDecision.Admitted(
            limit, Math.max(0, limit.limit() - stamps.size()), resetAt, untilReset)
        : new RateLimitDecision.Denied(limit, resetAt, untilReset);
  }

  @Override
  public synchronized void refund(String identity, String requestId) {
    List<Stamp> stamps = windows.get(identity);
    if (stamps != null) {
      stamps.removeIf(stamp -> stamp.requestId().equals(requestId));
    }
  }
}
