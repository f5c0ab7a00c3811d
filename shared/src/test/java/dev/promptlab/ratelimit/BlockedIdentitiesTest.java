package dev.promptlab.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BlockedIdentitiesTest {
  private static final RateLimit LIMIT = new RateLimit("pro", 100, Duration.ofMinutes(1));

  private final SettableClock clock = new SettableClock();
  private final BlockedIdentities blocked = new BlockedIdentities(clock);

  private void denied(Duration untilReset) {
    Instant askedAt = clock.instant();
    blocked.add(
        "acme", askedAt, new RateLimitDecision.Denied(LIMIT, askedAt.plus(untilReset), untilReset));
  }

  private Optional<Duration> left() {
    return blocked.find("acme", LIMIT).map(RateLimitDecision.Denied::untilReset);
  }

  @Test
  void refuses_untilTheSlotFrees() {
    denied(Duration.ofMillis(300));
    clock.advance(Duration.ofMillis(299));
    assertThat(left()).contains(Duration.ofMillis(1));
    clock.advance(Duration.ofMillis(1));
    assertThat(left()).isEmpty();
  }

  @Test
  void refusesForASecond_thenTheStoreIsAskedAgain() {
    denied(Duration.ofSeconds(50));
    clock.advance(Duration.ofMillis(999));
    assertThat(left()).contains(Duration.ofMillis(49_001));
    clock.advance(Duration.ofMillis(1));
    assertThat(left()).isEmpty();
  }

  @Test
  void refusesNobodyElse_andNotUnderAnotherLimit() {
    denied(Duration.ofSeconds(50));
    assertThat(blocked.find("other", LIMIT)).isEmpty();
    assertThat(blocked.find("acme", new RateLimit("pro", 101, Duration.ofMinutes(1)))).isEmpty();
  }

  @Test
  void tellsAWaitThatIsLongEnough_howeverLongTheAnswerTook() {
    Instant askedAt = clock.instant();
    clock.advance(Duration.ofMillis(40));
    Duration untilReset = Duration.ofMillis(500);
    blocked.add("acme", askedAt, new RateLimitDecision.Denied(LIMIT, askedAt, untilReset));
    assertThat(left()).contains(untilReset);
    clock.advance(Duration.ofMillis(460));
    assertThat(left()).as("the store may say otherwise by now").isEmpty();
  }

  @Test
  void refusesNobody_whenTheClockStepsBack() {
    denied(Duration.ofSeconds(50));
    clock.advance(Duration.ofSeconds(-5));
    assertThat(left()).isEmpty();
  }
}
