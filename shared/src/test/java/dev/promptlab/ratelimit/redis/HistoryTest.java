package dev.promptlab.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.ratelimit.ReferenceRateLimiter.Answer;
import dev.promptlab.ratelimit.redis.History.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge is judged: histories that are plainly right or wrong. */
final class HistoryTest {
  private static final Answer FIRST = new Answer(true, 1, 1000, 1100);
  private static final Answer SECOND = new Answer(true, 0, 1000, 1100);
  private static final Answer DENIED = new Answer(false, 0, 1000, 1100);

  private static boolean linearizable(Operation... operations) {
    return new History(2, 100, List.of(operations)).violation().isEmpty();
  }

  @Test
  void acceptsWhatMayBe() {
    assertThat(
            linearizable(
                new Operation(40, 50, "c", DENIED),
                new Operation(10, 30, "b", SECOND),
                new Operation(10, 20, "a", FIRST),
                new Operation(41, 50, "b", SECOND),
                new Operation(60, 70, "c", new Answer(true, 1, 1100, 1200))))
        .isTrue();
  }

  @Test
  void refusesOneTooMany() {
    assertThat(
            linearizable(
                new Operation(10, 20, "a", FIRST),
                new Operation(10, 20, "b", SECOND),
                new Operation(10, 20, "c", SECOND)))
        .isFalse();
  }

  @Test
  void refusesADenialBeforeTheLimitIsReached() {
    assertThat(linearizable(new Operation(10, 20, "a", FIRST), new Operation(10, 20, "b", DENIED)))
        .isFalse();
  }

  @Test
  void refusesARepeatThatWasChargedTwice() {
    assertThat(linearizable(new Operation(10, 20, "a", FIRST), new Operation(30, 40, "a", SECOND)))
        .isFalse();
  }

  @Test
  void refusesAnAnswerThatOnlyAnEarlierQuestionCouldHaveGot() {
    assertThat(linearizable(new Operation(30, 40, "a", FIRST), new Operation(10, 20, "b", SECOND)))
        .isFalse();
  }

  @Test
  void refusesAWrongReset() {
    assertThat(linearizable(new Operation(10, 20, "a", new Answer(true, 1, 1000, 1099)))).isFalse();
  }
}
