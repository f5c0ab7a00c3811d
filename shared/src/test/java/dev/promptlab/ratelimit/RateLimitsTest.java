package dev.promptlab.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.accounts.Tier;
import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RateLimitsTest {

  @Test
  void hasDefaults() {
    RateLimits limits = new RateLimits(Environment.of(Map.of()));
    assertThat(limits.of(Tier.ANONYMOUS))
        .isEqualTo(new RateLimit("anonymous", 100, Duration.ofSeconds(60)));
    assertThat(limits.of(Tier.FREE).limit()).isEqualTo(10);
    assertThat(limits.of(Tier.PRO).limit()).isEqualTo(100);
    assertThat(limits.of(Tier.ENTERPRISE).limit()).isEqualTo(1000);
  }

  @Test
  void takesWhatIsConfigured_andKeepsTheOtherDefaults() {
    RateLimits limits =
        new RateLimits(
            Environment.of(
                Map.of("RATE_LIMITS", "free=3, pro=30", "RATE_LIMIT_WINDOW_SECONDS", "10")));
    assertThat(limits.of(Tier.FREE)).isEqualTo(new RateLimit("free", 3, Duration.ofSeconds(10)));
    assertThat(limits.of(Tier.PRO).limit()).isEqualTo(30);
    assertThat(limits.of(Tier.ANONYMOUS).limit()).isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "free",
        "free=",
        "free=0",
        "free=-1",
        "free=1,free=2",
        "gold=5",
        "free=1,",
        "free=1.5",
        "free=9999999"
      })
  void namesTheSetting_whenItIsUnusable(String value) {
    assertThatThrownBy(() -> new RateLimits(Environment.of(Map.of("RATE_LIMITS", value))))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("RATE_LIMITS: ");
  }

  @Test
  void givesReadsTenTimesAsMany() {
    RateLimits limits = new RateLimits(Environment.of(Map.of("RATE_LIMITS", "pro=1000000")));
    assertThat(limits.readsOf(Tier.PRO))
        .isEqualTo(new RateLimit("pro", 10_000_000, Duration.ofSeconds(60)));
    assertThat(limits.readsOf(Tier.FREE).limit()).isEqualTo(100);
  }

  @Test
  void sharesLimitsOut_onlyWhereThatIsWanted() {
    RateLimit limit = new RateLimit("pro", 100, Duration.ofSeconds(60));
    assertThat(new RateLimits(Environment.of(Map.of())).sharedOut()).isFalse();
    assertThat(
            new RateLimits(Environment.of(Map.of("RATE_LIMIT_ON_FAILURE", "refuse")))
                .shareOf(limit))
        .isEmpty();
    RateLimits shared =
        new RateLimits(Environment.of(Map.of("RATE_LIMIT_ON_FAILURE", "local", "INSTANCES", "30")));
    assertThat(shared.sharedOut()).isTrue();
    assertThat(shared.shareOf(limit)).contains(new RateLimit("pro", 3, Duration.ofSeconds(60)));
    assertThat(shared.shareOf(new RateLimit("free", 29, Duration.ofSeconds(60)))).isEmpty();
  }

  @Test
  void namesTheSetting_whenItCannotShareOut() {
    assertThatThrownBy(
            () -> new RateLimits(Environment.of(Map.of("RATE_LIMIT_ON_FAILURE", "local"))))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("INSTANCES: ");
    assertThatThrownBy(
            () -> new RateLimits(Environment.of(Map.of("RATE_LIMIT_ON_FAILURE", "open"))))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("RATE_LIMIT_ON_FAILURE: ");
  }
}
