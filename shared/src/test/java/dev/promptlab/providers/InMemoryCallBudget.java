package dev.promptlab.providers;

import dev.promptlab.generation.Provider;
import dev.promptlab.ratelimit.InMemoryRateLimiter;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** A budget without Redis. */
public final class InMemoryCallBudget implements CallBudget {
  private final Map<Provider, Map<UUID, Instant>> calls = new HashMap<>();
  private final InMemoryRateLimiter limiter;
  private final CallLimits limits;
  private final Clock clock;

  public InMemoryCallBudget(CallLimits limits, Clock clock) {
    this.limiter = new InMemoryRateLimiter(clock);
    this.limits = limits;
    this.clock = clock;
  }

  @Override
  public synchronized Turn take(Provider provider, UUID call, Duration longest) {
    Map<UUID, Instant> running = calls.computeIfAbsent(provider, _ -> new HashMap<>());
    running.values().removeIf(until -> !until.isAfter(clock.instant()));
    if (!running.containsKey(call)
        && running.size() >= limits.atATime(provider).orElse(Integer.MAX_VALUE)) {
      return new Turn.Later(Duration.ofSeconds(5));
    }
    if (limits.perMinute(provider).isPresent()
        && limiter.check(
                provider.wireName(),
                new RateLimit(
                    provider.wireName(), limits.perMinute(provider).get(), Duration.ofMinutes(1)),
                call.toString())
            instanceof RateLimitDecision.Denied denied) {
      return new Turn.Later(denied.untilReset());
    }
    running.put(call, clock.instant().plus(longest));
    return new Turn.Granted();
  }

  @Override
  public synchronized void end(Provider provider, UUID call) {
    calls.getOrDefault(provider, new HashMap<>()).remove(call);
  }
}
