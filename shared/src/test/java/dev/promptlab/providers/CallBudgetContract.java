package dev.promptlab.providers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.generation.Provider;
import dev.promptlab.providers.CallBudget.Turn;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every budget for calls does. */
public abstract class CallBudgetContract {
  private static final Duration LONG = Duration.ofMinutes(2);

  /** A budget of limits; nobody has used anything of it. */
  protected abstract CallBudget budget(CallLimits limits);

  private static CallLimits atATime(int number) {
    return new CallLimits(Map.of(), Map.of(Provider.OPENAI, number));
  }

  private static boolean granted(CallBudget budget, Provider provider, UUID call) {
    return budget.take(provider, call, LONG) instanceof Turn.Granted;
  }

  @Test
  void grantsSoManyAtATime_andOneMoreWhenOneEnds() {
    CallBudget budget = budget(atATime(2));
    UUID first = UUID.randomUUID();
    assertThat(granted(budget, Provider.OPENAI, first)).isTrue();
    assertThat(granted(budget, Provider.OPENAI, UUID.randomUUID())).isTrue();
    assertThat(budget.take(Provider.OPENAI, UUID.randomUUID(), LONG))
        .isInstanceOfSatisfying(Turn.Later.class, later -> assertThat(later.delay()).isPositive());
    budget.end(Provider.OPENAI, first);
    assertThat(granted(budget, Provider.OPENAI, UUID.randomUUID())).isTrue();
    assertThat(granted(budget, Provider.OPENAI, UUID.randomUUID())).isFalse();
  }

  @Test
  void countsARepeatOnce() {
    CallBudget budget = budget(atATime(1));
    UUID call = UUID.randomUUID();
    assertThat(granted(budget, Provider.OPENAI, call)).isTrue();
    assertThat(granted(budget, Provider.OPENAI, call)).isTrue();
  }

  @Test
  void forgetsACall_thatShouldBeOver() {
    CallBudget budget = budget(atATime(1));
    budget.take(Provider.OPENAI, UUID.randomUUID(), Duration.ofMillis(1));
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!granted(budget, Provider.OPENAI, UUID.randomUUID())) {
      pass(Duration.ofMillis(1));
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }

  /** Lets time pass for a budget whose clock is told. */
  protected void pass(Duration time) {}

  @Test
  void grantsSoManyAMinute_andSaysWhenTheNextIs() {
    CallBudget budget = budget(new CallLimits(Map.of(Provider.OPENAI, 3), Map.of()));
    for (int i = 0; i < 3; i++) {
      UUID call = UUID.randomUUID();
      assertThat(granted(budget, Provider.OPENAI, call)).isTrue();
      budget.end(Provider.OPENAI, call);
    }
    assertThat(budget.take(Provider.OPENAI, UUID.randomUUID(), LONG))
        .isInstanceOfSatisfying(
            Turn.Later.class,
            later ->
                assertThat(later.delay()).isBetween(Duration.ofSeconds(30), Duration.ofMinutes(1)));
  }

  @Test
  void takesNoPlace_forACallThatTheMinuteDoesNotAllow() {
    CallBudget budget =
        budget(new CallLimits(Map.of(Provider.OPENAI, 1), Map.of(Provider.OPENAI, 2)));
    assertThat(granted(budget, Provider.OPENAI, UUID.randomUUID())).isTrue();
    for (int i = 0; i < 5; i++) {
      assertThat(budget.take(Provider.OPENAI, UUID.randomUUID(), LONG))
          .isInstanceOfSatisfying(
              Turn.Later.class,
              later -> assertThat(later.delay()).isGreaterThan(Duration.ofSeconds(30)));
    }
  }

  @Test
  void countsEachProviderAlone_andNotWhatHasNoLimit() {
    CallBudget budget = budget(atATime(1));
    assertThat(granted(budget, Provider.OPENAI, UUID.randomUUID())).isTrue();
    for (int i = 0; i < 10; i++) {
      assertThat(granted(budget, Provider.ANTHROPIC, UUID.randomUUID())).isTrue();
    }
  }
}
