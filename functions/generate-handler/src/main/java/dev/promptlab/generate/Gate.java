package dev.promptlab.generate;

import dev.promptlab.accounts.AccountStore;
import dev.promptlab.accounts.Caller;
import dev.promptlab.cache.InputHash;
import dev.promptlab.generate.Admission.Admitted;
import dev.promptlab.generate.Admission.Budget;
import dev.promptlab.generate.Admission.Charge;
import dev.promptlab.generate.Admission.NoFlight;
import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.RateLimitHeaders;
import dev.promptlab.generate.http.Refusals;
import dev.promptlab.generate.http.RefusedException;
import dev.promptlab.ratelimit.InMemoryRateLimiter;
import dev.promptlab.ratelimit.RateLimitDecision;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What stands before every resource: lets in who may come in, and puts the rate limit's headers on
 * the answer, whatever that is. Thread-safe.
 */
final class Gate {
  /** Who may make a request. */
  enum Access {
    ANYONE,
    KEY,
    ADMIN
  }

  private final CallerIdentification callers;
  private final Admission admission;
  private final AccountStore accounts;
  private final InMemoryRateLimiter degradedLimiter;
  private final Clock clock;

  Gate(CallerIdentification callers, Admission admission, AccountStore accounts, Clock clock) {
    this.callers = callers;
    this.admission = admission;
    this.accounts = accounts;
    this.degradedLimiter = new InMemoryRateLimiter(clock);
    this.clock = clock;
  }

  /**
   * A request that may cost an LLM call.
   *
   * @param asked for which input a cached result is wanted along
   */
  ApiReply generate(
      ApiRequest request,
      Access access,
      Function<Caller, Optional<InputHash>> asked,
      Function<Admitted, ApiReply> answer) {
    return enter(request, access, Budget.GENERATE, asked, answer);
  }

  /** Any other request. */
  ApiReply read(ApiRequest request, Access access, Function<Admitted, ApiReply> answer) {
    return enter(request, access, Budget.READS, _ -> Optional.empty(), answer);
  }

  private ApiReply enter(
      ApiRequest request,
      Access access,
      Budget budget,
      Function<Caller, Optional<InputHash>> asked,
      Function<Admitted, ApiReply> answer) {
    Credentials credentials = callers.credentials(request, access != Access.ANYONE);
    return switch (admission.enter(credentials, request.requestId(), budget, asked)) {
      case Admitted admitted ->
          answered(
              request,
              access,
              admitted.caller(),
              admitted.decision(),
              () -> answer.apply(admitted));
      case NoFlight lost ->
          throw new RefusedException(Problems.rateLimiterUnavailable(lost.retryAfter()));
    };
  }

  /**
   * A request that is answered without Redis too, from the database alone: then the key is looked
   * up there, never in a copy, and the limit is one of this process.
   */
  ApiReply readEvenDegraded(ApiRequest request, Access access, Function<Caller, ApiReply> answer) {
    Credentials credentials = callers.credentials(request, access != Access.ANYONE);
    return switch (admission.enter(
        credentials, request.requestId(), Budget.READS, _ -> Optional.empty())) {
      case Admitted admitted ->
          answered(
              request,
              access,
              admitted.caller(),
              admitted.decision(),
              () -> answer.apply(admitted.caller()));
      case NoFlight _ ->
          Refusals.answered(request, () -> degraded(request, credentials, access, answer))
              .with("X-RateLimit-Degraded", "true");
    };
  }

  private ApiReply degraded(
      ApiRequest request,
      Credentials credentials,
      Access access,
      Function<Caller, ApiReply> answer) {
    Caller caller =
        credentials
            .key()
            .map(hash -> lookedUp(credentials, request.requestId()))
            .orElseGet(() -> Caller.anonymous(credentials.address()));
    Charge charge = admission.charge(caller, Budget.READS);
    RateLimitDecision.Counted decision =
        degradedLimiter.check(charge.identity(), charge.limit(), request.requestId());
    return answered(
        request, access, caller, Admission.requireAdmitted(decision), () -> answer.apply(caller));
  }

  private Caller lookedUp(Credentials credentials, String requestId) {
    Charge lookUp = admission.lookUpCharge(credentials);
    Admission.requireAdmitted(degradedLimiter.check(lookUp.identity(), lookUp.limit(), requestId));
    Caller caller =
        credentials
            .key()
            .flatMap(accounts::find)
            .filter(key -> key.goodAt(clock.instant()))
            .map(Caller::of)
            .orElseThrow(CallerIdentification::unknownKey);
    degradedLimiter.refund(lookUp.identity(), requestId);
    return caller;
  }

  private static ApiReply answered(
      ApiRequest request,
      Access access,
      Caller caller,
      RateLimitDecision.Admitted decision,
      Supplier<ApiReply> answer) {
    return Refusals.answered(
            request,
            () -> {
              if (access == Access.ADMIN && !caller.admin()) {
                throw Problems.forbidden("This request needs an admin's key.");
              }
              return answer.get();
            })
        .with(RateLimitHeaders.of(decision));
  }
}
