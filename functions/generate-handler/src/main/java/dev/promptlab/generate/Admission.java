package dev.promptlab.generate;

import dev.promptlab.accounts.ApiKey;
import dev.promptlab.accounts.Caller;
import dev.promptlab.accounts.KeyHash;
import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.epoch.EpochCopy;
import dev.promptlab.epoch.EpochReading;
import dev.promptlab.flight.Flight;
import dev.promptlab.flight.FlightReply;
import dev.promptlab.generate.http.RefusedException;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.Metrics;
import dev.promptlab.ratelimit.BlockedIdentities;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.ratelimit.RateLimiter;
import dev.promptlab.ratelimit.RateLimits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds out who is calling, and keeps everybody within their limit: in one round trip to Redis
 * where the key is remembered, since the epoch, which comes along, tells whether what is remembered
 * still holds. Thread-safe.
 */
final class Admission {
  /** Against an endless series of changes of one account while a request of it is decided. */
  private static final int MOST_ROUNDS = 5;

  /** In metrics: of a caller whose key could not be looked up. */
  private static final String UNKNOWN_TIER = "unknown";

  private final EpochCopy<KeyHash, Optional<ApiKey>> keys;
  private final Flight flight;
  private final RateLimiter limiter;
  private final RateLimits limits;
  private final BlockedIdentities blocked;
  private final Metrics metrics;
  private final Clock clock;

  /**
   * The admission.
   *
   * @param limiter the one that the flight asks, for refunds
   * @param clock tells only which way a key takes; what it is worth, the store's clock tells
   */
  Admission(
      EpochCopy<KeyHash, Optional<ApiKey>> keys,
      Flight flight,
      RateLimiter limiter,
      RateLimits limits,
      Metrics metrics,
      Clock clock) {
    this.keys = keys;
    this.flight = flight;
    this.limiter = limiter;
    this.limits = limits;
    this.metrics = metrics;
    this.clock = clock;
    this.blocked = new BlockedIdentities(clock);
  }

  /** What came of a request that was not refused. */
  sealed interface Entry {}

  /**
   * It is let in.
   *
   * @param epoch empty: it could not be read, and nothing that is remembered counts
   * @param asked the input whose result was asked for along, as far as it was known
   */
  record Admitted(
      Caller caller,
      RateLimitDecision.Admitted decision,
      Optional<EpochReading> epoch,
      Optional<InputHash> asked,
      Optional<CachedResult> result)
      implements Entry {
    /** What the database says of a key, from the copy where that is known to be good. */
    <K, V> V current(EpochCopy<K, V> copy, K key) {
      return epoch.map(reading -> copy.get(key, reading)).orElseGet(() -> copy.read(key));
    }
  }

  /** Redis could not be asked. */
  record NoFlight(Duration retryAfter) implements Entry {}

  /** What a request is counted against: what may cost an LLM call, and the rest. */
  enum Budget {
    GENERATE,
    READS
  }

  /** Under which name, and against which limit, a caller's request is counted. */
  record Charge(String identity, RateLimit limit) {}

  Charge charge(Caller caller, Budget budget) {
    return switch (budget) {
      case GENERATE -> new Charge(caller.limitIdentity(), limits.of(caller.tier()));
      case READS -> new Charge("read:" + caller.limitIdentity(), limits.readsOf(caller.tier()));
    };
  }

  /** Whether requests are let in while Redis cannot be asked. */
  boolean decidesAlone() {
    return limits.sharedOut();
  }

  /** The part of a charge that this process may decide alone; empty: none. */
  Optional<Charge> shareOf(Charge charge) {
    return limits.shareOf(charge.limit()).map(share -> new Charge(charge.identity(), share));
  }

  /** For keys that have to be looked up. */
  Charge lookUpCharge(Credentials credentials) {
    return new Charge("auth:" + credentials.address().network(), limits.keyLookups());
  }

  /**
   * Decides a request.
   *
   * @param asked for which input a cached result is wanted along
   * @throws RefusedException 401 or 429
   */
  Entry enter(
      Credentials credentials,
      String requestId,
      Budget budget,
      Function<Caller, Optional<InputHash>> asked) {
    Optional<Caller> remembered = remembered(credentials);
    if (remembered.isPresent()) {
      return enter(credentials, requestId, budget, asked, remembered.get());
    }
    // The key has to be looked up: that is limited by where it comes from, so that guessing is.
    Charge lookUp = lookUpCharge(credentials);
    requireUnblocked(lookUp);
    return switch (send(lookUp, requestId, Optional.empty())) {
      case FlightReply.Lost lost -> noFlight(lost, UNKNOWN_TIER);
      case FlightReply.Arrived arrived -> {
        requireAdmitted(arrived.decision());
        Caller caller = confirmed(credentials, arrived.epoch());
        limiter.refund(lookUp.identity(), requestId);
        yield enter(credentials, requestId, budget, asked, caller);
      }
    };
  }

  private Entry enter(
      Credentials credentials,
      String requestId,
      Budget budget,
      Function<Caller, Optional<InputHash>> asked,
      Caller remembered) {
    Caller caller = remembered;
    // Only now: in later rounds it may be charged already.
    requireUnblocked(caller, budget);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Charge charge = charge(caller, budget);
      Optional<InputHash> input = asked.apply(caller);
      FlightReply reply = send(charge, requestId, input);
      if (reply instanceof FlightReply.Lost lost) {
        return noFlight(lost, caller.tier().wireName());
      }
      FlightReply.Arrived arrived = (FlightReply.Arrived) reply;
      Caller current;
      try {
        current = confirmed(credentials, arrived.epoch());
      } catch (RefusedException e) {
        limiter.refund(charge.identity(), requestId);
        throw e;
      }
      if (current.equals(caller)) {
        return new Admitted(
            caller,
            counted(arrived.decision(), caller),
            Optional.of(arrived.epoch()),
            input,
            arrived.result());
      }
      // Its terms have changed: decided anew, under the same id, so charged once.
      caller = current;
    }
    return new NoFlight(Duration.ofSeconds(1));
  }

  private NoFlight noFlight(FlightReply.Lost lost, String tier) {
    metrics.count(Counter.RATE_LIMIT_UNAVAILABLE, tier);
    return new NoFlight(lost.decision().retryAfter());
  }

  private void requireUnblocked(Caller caller, Budget budget) {
    Charge charge = charge(caller, budget);
    blocked.find(charge.identity(), charge.limit()).ifPresent(denied -> counted(denied, caller));
  }

  private void requireUnblocked(Charge charge) {
    blocked.find(charge.identity(), charge.limit()).ifPresent(Admission::requireAdmitted);
  }

  private FlightReply send(Charge charge, String requestId, Optional<InputHash> input) {
    Instant askedAt = clock.instant();
    FlightReply reply = flight.send(charge.identity(), charge.limit(), requestId, input);
    if (reply instanceof FlightReply.Arrived arrived
        && arrived.decision() instanceof RateLimitDecision.Denied denied) {
      blocked.add(charge.identity(), askedAt, denied);
    }
    return reply;
  }

  private RateLimitDecision.Admitted counted(RateLimitDecision.Counted decision, Caller caller) {
    metrics.count(
        decision instanceof RateLimitDecision.Admitted
            ? Counter.RATE_LIMIT_ALLOWED
            : Counter.RATE_LIMIT_DENIED,
        caller.tier().wireName());
    return requireAdmitted(decision);
  }

  /**
   * The decision to admit.
   *
   * @throws RefusedException 429 if that is not what it is
   */
  static RateLimitDecision.Admitted requireAdmitted(RateLimitDecision.Counted decision) {
    return switch (decision) {
      case RateLimitDecision.Admitted admitted -> admitted;
      case RateLimitDecision.Denied denied ->
          throw new RefusedException(Problems.rateLimited(denied));
    };
  }

  /** Who the request comes from, as far as this process knows. */
  private Optional<Caller> remembered(Credentials credentials) {
    return credentials.key().isEmpty()
        ? Optional.of(Caller.anonymous(credentials.address()))
        : keys.peek(credentials.key().get())
            .flatMap(key -> key)
            // One that has expired takes the way of one that there is not, and counts as a guess.
            .filter(key -> key.goodAt(clock.instant()))
            .map(Caller::of);
  }

  /** Who the request comes from, in the epoch that was read. */
  private Caller confirmed(Credentials credentials, EpochReading epoch) {
    return credentials
        .key()
        .map(hash -> keys.get(hash, epoch))
        .map(
            key ->
                key.filter(found -> found.goodAt(epoch.at()))
                    .map(Caller::of)
                    .orElseThrow(CallerIdentification::unknownKey))
        .orElseGet(() -> Caller.anonymous(credentials.address()));
  }
}
