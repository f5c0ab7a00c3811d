package dev.promptlab.generate;

import dev.promptlab.accounts.Caller;
import dev.promptlab.cache.CachedResult;
import dev.promptlab.generate.Admission.Admitted;
import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.Problem;
import dev.promptlab.generate.http.RefusedException;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code POST /generate}: identify, limit, then the rest. Thread-safe. */
final class GenerateResource {
  private static final String POLL_AFTER_SECONDS = "1";
  private static final String CACHE_STATUS = "Cache-Status";
  private static final String X_CACHE = "X-Cache";
  private static final String HIT = "HIT";

  private final Gate gate;
  private final GenerateService service;
  private final JobWaiting waiting;
  private final Metrics metrics;
  private final Clock clock;

  GenerateResource(
      Gate gate, GenerateService service, JobWaiting waiting, Metrics metrics, Clock clock) {
    this.gate = gate;
    this.service = service;
    this.waiting = waiting;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** A body, or why it cannot be used: told only to those who are let in. */
  private record Parsed(@Nullable GenerateRequest request, @Nullable RefusedException refusal) {
    static Parsed of(ApiRequest request) {
      try {
        return new Parsed(GenerateRequest.parse(request), null);
      } catch (RefusedException e) {
        return new Parsed(null, e);
      }
    }

    GenerateRequest orThrow() {
      if (request == null) {
        throw refusal == null ? new IllegalStateException("neither") : refusal;
      }
      return request;
    }
  }

  ApiReply post(ApiRequest request) {
    Parsed parsed = Parsed.of(request);
    return gate.generate(
        request,
        GenerateRequest.needsKey(request) ? Gate.Access.KEY : Gate.Access.ANYONE,
        caller ->
            Optional.ofNullable(parsed.request())
                .flatMap(usable -> service.expectedInput(caller, usable)),
        admitted -> answer(admitted, request, parsed.orThrow()));
  }

  /** Whether it was made of a cached result, without waiting for a job. */
  static boolean isHit(ApiReply reply) {
    return HIT.equals(reply.headers().get(X_CACHE));
  }

  private ApiReply answer(Admitted admitted, ApiRequest http, GenerateRequest request) {
    Caller caller = admitted.caller();
    String tier = caller.tier().wireName();
    return switch (service.generate(admitted, request)) {
      case GenerateOutcome.Hit hit -> {
        metrics.count(Counter.CACHE_HITS, tier);
        metrics.add(Counter.LLM_SAVED, hit.result().cost().nanos());
        yield hit(hit.result(), caller);
      }
      case GenerateOutcome.Queued queued -> {
        metrics.count(Counter.JOBS, queued.job().status().wireName());
        if (request.cache().lookup()) {
          metrics.count(Counter.CACHE_MISSES, tier);
          yield ended(queued.job(), caller, http, request, false)
              .with(X_CACHE, "MISS")
              .with(CACHE_STATUS, "promptlab; fwd=miss");
        }
        yield ended(queued.job(), caller, http, request, false)
            .with(X_CACHE, "BYPASS")
            .with(CACHE_STATUS, "promptlab; fwd=bypass");
      }
      case GenerateOutcome.Joined joined -> {
        metrics.count(Counter.CACHE_COALESCED, tier);
        yield coalesced(ended(joined.job(), caller, http, request, true));
      }
      case GenerateOutcome.Repeated repeated -> repeated(repeated.job(), caller, http, request);
      case GenerateOutcome.NotCached() ->
          Problem.of(
                  504,
                  "not-cached",
                  "Not in the cache",
                  "There is no cached result, and only-if-cached forbids to make one.")
              .withHeader(X_CACHE, "MISS")
              .withHeader(CACHE_STATUS, "promptlab; fwd=miss")
              .toReply(http);
    };
  }

  private ApiReply repeated(Job job, Caller caller, ApiRequest http, GenerateRequest request) {
    return job.status() == JobStatus.COMPLETED
        ? ApiReply.json(200, JobBody.of(job, caller).asCached())
            .with(X_CACHE, HIT)
            .with(CACHE_STATUS, "promptlab; hit; detail=idempotent-repeat")
        : coalesced(ended(job, caller, http, request, true));
  }

  private static ApiReply coalesced(ApiReply reply) {
    return reply.with(X_CACHE, "COALESCED").with(CACHE_STATUS, "promptlab; fwd=miss; collapsed");
  }

  private ApiReply hit(CachedResult result, Caller caller) {
    Duration ttl = Duration.between(clock.instant(), result.cacheableUntil());
    Duration age = Duration.between(result.completedAt(), clock.instant());
    return ApiReply.json(200, JobBody.of(result, caller))
        .with(
            Map.of(
                X_CACHE,
                HIT,
                CACHE_STATUS,
                "promptlab; hit; ttl=" + Math.max(0, ttl.toSeconds()),
                "Age",
                Long.toString(Math.max(0, age.toSeconds()))));
  }

  /** The job once it has ended, if that can be waited for; else as it is. */
  private ApiReply ended(
      Job job, Caller caller, ApiRequest http, GenerateRequest request, boolean coalesced) {
    Optional<Job> waited =
        request
            .longestWait()
            .flatMap(wait -> waiting.await(job.jobId(), caller, http.invocationId(), wait));
    Job last = waited.orElse(job);
    JobBody body = JobBody.of(last, caller);
    ApiReply reply =
        ApiReply.json(last.status().ended() ? 200 : 202, coalesced ? body.asCoalesced() : body)
            .with("Location", "/jobs/" + job.jobId());
    if (!last.status().ended()) {
      reply = reply.with("Retry-After", POLL_AFTER_SECONDS);
    }
    return waited.isPresent()
        ? reply.with("Preference-Applied", JobWaiting.applied(request.longestWait().orElseThrow()))
        : reply;
  }
}
