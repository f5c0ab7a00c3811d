package dev.promptlab.worker;

import dev.promptlab.generation.Provider;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A circuit breaker for each provider: while half of the last calls found it down, it is not asked,
 * but for one probe now and then. Of this instance alone. Logs each transition. Thread-safe.
 */
final class ProviderBreakers {
  /** How long a provider is not asked. */
  static final Duration OPEN_FOR = Duration.ofSeconds(20);

  private static final Logger LOG = LoggerFactory.getLogger(ProviderBreakers.class);
  private static final CircuitBreakerConfig CONFIG =
      CircuitBreakerConfig.custom()
          .slidingWindowSize(20)
          .minimumNumberOfCalls(10)
          .failureRateThreshold(50)
          .waitDurationInOpenState(OPEN_FOR)
          .permittedNumberOfCallsInHalfOpenState(1)
          .build();

  private final Map<Provider, CircuitBreaker> breakers = new EnumMap<>(Provider.class);

  ProviderBreakers() {
    for (Provider provider : Provider.values()) {
      CircuitBreaker breaker = CircuitBreaker.of(provider.wireName(), CONFIG);
      breaker
          .getEventPublisher()
          .onStateTransition(
              event ->
                  LOG.warn(
                      "Circuit breaker of {}: {}",
                      provider.wireName(),
                      event.getStateTransition()));
      breakers.put(provider, breaker);
    }
  }

  /** Of one provider: whoever gets a permission from it has to say what came of it. */
  CircuitBreaker of(Provider provider) {
    return Objects.requireNonNull(breakers.get(provider));
  }
}
