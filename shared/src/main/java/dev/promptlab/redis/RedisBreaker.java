package dev.promptlab.redis;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses calls at once while Redis does not answer, and lets one probe through each half second.
 * Logs each transition as one line. Thread-safe.
 */
final class RedisBreaker {
  private static final Duration OPEN_FOR = Duration.ofMillis(500);
  private static final Logger LOG = LoggerFactory.getLogger(RedisConnection.class);

  private final CircuitBreaker breaker =
      CircuitBreaker.of(
          "redis",
          CircuitBreakerConfig.custom()
              .slidingWindowSize(20)
              .minimumNumberOfCalls(10)
              .failureRateThreshold(50)
              .waitDurationInOpenState(OPEN_FOR)
              .permittedNumberOfCallsInHalfOpenState(1)
              .build());

  /** Only for the log. */
  private volatile String lastFailure = "none";

  RedisBreaker() {
    breaker.getEventPublisher().onStateTransition(event -> log(event.getStateTransition()));
  }

  private void log(CircuitBreaker.StateTransition transition) {
    if (transition.getToState() == CircuitBreaker.State.OPEN) {
      LOG.warn("Redis circuit breaker: {}, last failure: {}", transition, lastFailure);
    } else {
      LOG.warn("Redis circuit breaker: {}", transition);
    }
  }

  /** Calls back at each transition, with the state from then on, such as {@code half_open}. */
  void onTransition(Consumer<String> listener) {
    breaker
        .getEventPublisher()
        .onStateTransition(
            event ->
                listener.accept(
                    event.getStateTransition().getToState().name().toLowerCase(Locale.ROOT)));
  }

  /**
   * Permission for one call, to be given back by one of the calls below.
   *
   * @throws RedisUnavailableException if there is none
   */
  void requirePermission() {
    if (!breaker.tryAcquirePermission()) {
      throw RedisUnavailableException.notSent(
          "circuit breaker is open",
          CallNotPermittedException.createCallNotPermittedException(breaker));
    }
  }

  void succeeded(long startNanos) {
    breaker.onSuccess(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
  }

  void failed(long startNanos, Exception failure) {
    lastFailure = RedisUnavailableException.reason(failure);
    breaker.onError(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS, failure);
  }

  /** The call has shown nothing. */
  void showedNothing() {
    breaker.releasePermission();
  }

  boolean closed() {
    return breaker.getState() == CircuitBreaker.State.CLOSED;
  }
}
