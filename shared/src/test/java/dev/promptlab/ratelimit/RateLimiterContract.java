package dev.promptlab.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What every rate limiter does. */
public abstract class RateLimiterContract {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofMillis(400);

  private final String identity = "test:" + UUID.randomUUID();

  protected abstract RateLimiter limiter();

  /** Lets the limiter's time pass. */
  protected abstract void pass(Duration duration) throws InterruptedException;

  private RateLimitDecision check(RateLimit limit) {
    return limiter().check(identity, limit, UUID.randomUUID().toString());
  }

  private static RateLimit limit(int limit, Duration window) {
    return new RateLimit("test", limit, window);
  }

  @Test
  void admitsExactlyTheLimit_andCountsDown() {
    for (int remaining = 2; remaining >= 0; remaining--) {
      assertThat(check(limit(3, LONG)))
          .isInstanceOfSatisfying(RateLimitDecision.Admitted.class, remaining(remaining));
    }
    assertThat(check(limit(3, LONG)))
        .isInstanceOfSatisfying(
            RateLimitDecision.Denied.class,
            denied -> {
              assertThat(denied.remaining()).isZero();
              assertThat(denied.untilReset()).isPositive().isLessThanOrEqualTo(LONG);
            });
  }

  private static Consumer<RateLimitDecision.Admitted> remaining(int remaining) {
    return admitted -> assertThat(admitted.remaining()).isEqualTo(remaining);
  }

  @Test
  void admitsAgain_onceTheResetHasPassed() throws InterruptedException {
    check(limit(1, SHORT));
    RateLimitDecision.Denied denied = (RateLimitDecision.Denied) check(limit(1, SHORT));
    pass(denied.untilReset());
    assertThat(check(limit(1, SHORT))).isInstanceOf(RateLimitDecision.Admitted.class);
  }

  @Test
  void chargesNothing_whenItDenies() {
    check(limit(1, LONG));
    RateLimitDecision.Denied first = (RateLimitDecision.Denied) check(limit(1, LONG));
    for (int i = 0; i < 5; i++) {
      check(limit(1, LONG));
    }
    RateLimitDecision.Denied last = (RateLimitDecision.Denied) check(limit(1, LONG));
    assertThat(last.resetAt()).isEqualTo(first.resetAt());
    assertThat(check(limit(2, LONG))).isInstanceOf(RateLimitDecision.Admitted.class);
  }

  @Test
  void chargesARepeatOnce() {
    for (int i = 0; i < 3; i++) {
      assertThat(limiter().check(identity, limit(2, LONG), "same"))
          .isInstanceOfSatisfying(RateLimitDecision.Admitted.class, remaining(1));
    }
    assertThat(check(limit(2, LONG))).isInstanceOf(RateLimitDecision.Admitted.class);
    assertThat(check(limit(2, LONG))).isInstanceOf(RateLimitDecision.Denied.class);
    assertThat(limiter().check(identity, limit(2, LONG), "same"))
        .isInstanceOf(RateLimitDecision.Admitted.class);
  }

  @Test
  void givesBackWhatARequestWasCharged() throws InterruptedException {
    limiter().check(identity, limit(1, LONG), "first");
    limiter().refund(identity, "another");
    assertThat(check(limit(1, LONG))).isInstanceOf(RateLimitDecision.Denied.class);
    limiter().refund(identity, "first");
    assertThat(check(limit(1, LONG)))
        .isInstanceOfSatisfying(RateLimitDecision.Admitted.class, remaining(0));
  }

  @Test
  void refusesARepeat_whenTheLimitIsNowBelowItsRank() throws InterruptedException {
    limiter().check(identity, limit(10, LONG), "first");
    // Stamps have milliseconds: a later one must not share the first's.
    pass(Duration.ofMillis(2));
    limiter().check(identity, limit(10, LONG), "second");
    assertThat(limiter().check(identity, limit(1, LONG), "second"))
        .isInstanceOf(RateLimitDecision.Denied.class);
    assertThat(limiter().check(identity, limit(1, LONG), "first"))
        .isInstanceOf(RateLimitDecision.Admitted.class);
  }

  @Test
  void honoursANewLimitAtOnce_bothWays() {
    for (int i = 0; i < 5; i++) {
      check(limit(10, LONG));
    }
    assertThat(check(limit(5, LONG))).isInstanceOf(RateLimitDecision.Denied.class);
    assertThat(check(limit(3, LONG))).isInstanceOf(RateLimitDecision.Denied.class);
    assertThat(check(limit(6, LONG)))
        .isInstanceOfSatisfying(RateLimitDecision.Admitted.class, remaining(0));
  }

  @Test
  void countsEachIdentityAlone() {
    check(limit(1, LONG));
    assertThat(limiter().check(identity + ":other", limit(1, LONG), "id"))
        .isInstanceOf(RateLimitDecision.Admitted.class);
  }

  @Test
  void admitsExactlyTheLimit_whenManyAskAtOnce() throws Exception {
    List<Callable<RateLimitDecision>> requests = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      requests.add(() -> check(limit(100, LONG)));
    }
    int admitted = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<RateLimitDecision> decision : threads.invokeAll(requests)) {
        if (decision.get() instanceof RateLimitDecision.Admitted) {
          admitted++;
        }
      }
    }
    assertThat(admitted).isEqualTo(100);
  }
}
