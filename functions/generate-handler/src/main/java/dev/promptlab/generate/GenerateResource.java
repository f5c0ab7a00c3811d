package dev.promptlab.generate;

import dev.promptlab.accounts.Caller;
import dev.promptlab.cache.CachedResult;
import dev.promptlab.jobs.Job;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.RateLimiter;
import dev.promptlab.ratelimit.RateLimits;
import java.time.Clock;
import java.time.Duration;

/** {@code POST /generate}: identify, limit, then the rest. Thread-safe. */
final class GenerateResource {
  private static final Duration POLL_AFTER = Duration.ofSeconds(1);

  private final CallerIdentification callers;
  private final RateLimiter limiter;
  private final RateLimits limits;
  private final GenerateService service;
  private final Clock clock;

  GenerateResource(
      CallerIdentification callers,
      RateLimiter limiter,
      RateLimits limits,
      GenerateService service,
      Clock clock) {
    this.callers = callers;
    this.limiter = limiter;
    this.limits = limits;
    this.service = service;
    this.clock = clock;
  }

  ApiReply post(ApiRequest request) {
    Caller caller = callers.identify(request);
    return switch (limiter.check(
        caller.limitIdentity(), limits.of(caller.tier()), request.requestId())) {
      case RateLimitDecision.Unavailable unavailable -> unavailable(unavailable).toReply(request);
      case RateLimitDecision.Denied denied ->
          denied(denied).toReply(request).with(RateLimitHeaders.of(denied));
      case RateLimitDecision.Admitted admitted ->
          admitted(caller, request).with(RateLimitHeaders.of(admitted));
    };
  }

  private ApiReply admitted(Caller caller, ApiRequest request) {
    return Refusals.answered(
        request,
        () ->
            switch (service.generate(caller, GenerateRequest.parse(request))) {
              case GenerateOutcome.Hit hit -> hit(hit.result());
              case GenerateOutcome.Queued queued -> accepted(queued.job(), false);
              case GenerateOutcome.Joined joined -> accepted(joined.job(), true);
            });
  }

  private ApiReply hit(CachedResult result) {
    Duration ttl = Duration.between(clock.instant(), result.cacheableUntil());
    Duration age = Duration.between(result.completedAt(), clock.instant());
    return ApiReply.json(200, JobBody.of(result))
        .with("X-Cache", "HIT")
        .with("Cache-Status", "promptlab; hit; ttl=" + Math.max(0, ttl.toSeconds()))
        .with("Age", Long.toString(Math.max(0, age.toSeconds())));
  }

  private static ApiReply accepted(Job job, boolean coalesced) {
    return ApiReply.json(202, JobBody.of(job, false, coalesced))
        .with("Location", "/jobs/" + job.jobId())
        .with("Retry-After", Long.toString(POLL_AFTER.toSeconds()))
        .with("X-Cache", coalesced ? "COALESCED" : "MISS")
        .with("Cache-Status", "promptlab; fwd=miss" + (coalesced ? "; collapsed" : ""));
  }

  private static Problem denied(RateLimitDecision.Denied denied) {
    long seconds = RateLimitHeaders.wholeSeconds(denied.untilReset());
    return Problem.of(
            429,
            "rate-limited",
            "Too many requests",
            "At most %d requests in %d s; one more is admitted in %d s."
                .formatted(denied.limit().limit(), denied.limit().window().toSeconds(), seconds))
        .withMember("limit", denied.limit().limit())
        .withMember("windowSeconds", denied.limit().window().toSeconds())
        .withMember("retryAfterMs", denied.untilReset().toMillis())
        .withHeader("Retry-After", Long.toString(seconds));
  }

  private static Problem unavailable(RateLimitDecision.Unavailable unavailable) {
    return Problem.of(
            503,
            "rate-limiter-unavailable",
            "The rate limiter is not available",
            "Requests are refused until it can be asked again; nothing was queued.")
        .withHeader(
            "Retry-After", Long.toString(RateLimitHeaders.wholeSeconds(unavailable.retryAfter())));
  }
}
