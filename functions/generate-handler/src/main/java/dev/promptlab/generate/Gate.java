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
   * A request that may cost an LLM call. Without Redis it is refused, or where that is wanted
   * ({@code RATE_LIMIT_ON_FAILURE=local}) answered within the share of the limit that this process
   * has, from the database alone.
   *
   * @param asked for which input a cached result is wanted along
   */
  ApiReply generate(
      ApiRequest request,
      Access access,
      Function<Caller, Optional<InputHash>> asked,
      Function<Admitted, ApiReply> answer) {
    Credentials credentials = callers.credentials(request, access != Access.ANYONE);
    return switch (admission.enter(credentials, request.invocationId(), Budget.GENERATE, asked)) {
      case Admitted admitted -> answered(request, access, admitted, answer);
      case NoFlight lost when !admission.decidesAlone() -> throw unavailable(lost);
      case NoFlight lost ->
          alone(request, () -> generateAlone(request, credentials, access, lost, answer));
    };
  }

  private ApiReply generateAlone(
      ApiRequest request,
      Credentials credentials,
      Access access,
      NoFlight lost,
      Function<Admitted, ApiReply> answer) {
    Caller caller = caller(credentials, request.invocationId());
    Charge charge =
        admission
            .shareOf(admission.charge(caller, Budget.GENERATE))
            .orElseThrow(() -> unavailable(lost));
    return answered(request, access, admittedAlone(caller, charge, request.invocationId()), answer);
  }

  /** Any other request. */
  ApiReply read(ApiRequest request, Access access, Function<Admitted, ApiReply> answer) {
    Credentials credentials = callers.credentials(request, access != Access.ANYONE);
    return switch (admission.enter(
        credentials, request.invocationId(), Budget.READS, _ -> Optional.empty())) {
      case Admitted admitted -> answered(request, access, admitted, answer);
      case NoFlight lost -> throw unavailable(lost);
    };
  }

  /**
   * A request that is answered without Redis too, from the database alone: then the key is looked
   * up there, never in a copy, and the limit is one of this process.
   */
  ApiReply readEvenDegraded(ApiRequest request, Access access, Function<Caller, ApiReply> answer) {
    Credentials credentials = callers.credentials(request, access != Access.ANYONE);
    return switch (admission.enter(
        credentials, request.invocationId(), Budget.READS, _ -> Optional.empty())) {
      case Admitted admitted ->
          answered(request, access, admitted, entered -> answer.apply(entered.caller()));
      case NoFlight _ ->
          alone(
              request,
              () -> {
                Caller caller = caller(credentials, request.invocationId());
                Charge charge = admission.charge(caller, Budget.READS);
                return answered(
                    request,
                    access,
                    admittedAlone(caller, charge, request.invocationId()),
                    entered -> answer.apply(entered.caller()));
              });
    };
  }

  /** Decided by this process alone, which the answer says. */
  private static ApiReply alone(ApiRequest request, Supplier<ApiReply> answer) {
    return Refusals.answered(request, answer).with("X-RateLimit-Degraded", "true");
  }

  private Admitted admittedAlone(Caller caller, Charge charge, String requestId) {
    return new Admitted(
        caller,
        Admission.requireAdmitted(
            degradedLimiter.check(charge.identity(), charge.limit(), requestId)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static RefusedException unavailable(NoFlight lost) {
    return new RefusedException(Problems.rateLimiterUnavailable(lost.retryAfter()));
  }

  private Caller caller(Credentials credentials, String requestId) {
    return credentials.key().isPresent()
        ? lookedUp(credentials, requestId)
        : Caller.anonymous(credentials.address());
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
      ApiRequest request, Access access, Admitted admitted, Function<Admitted, ApiReply> answer) {
    return Refusals.answered(
            request,
            () -> {
              if (access == Access.ADMIN && !admitted.caller().admin()) {
                throw Problems.forbidden("This request needs an admin's key.");
              }
              return answer.apply(admitted);
            })
        .with(RateLimitHeaders.of(admitted.decision()));
  }
}
