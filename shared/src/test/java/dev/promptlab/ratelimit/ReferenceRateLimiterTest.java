package dev.promptlab.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.ratelimit.RandomSchedule.Clock;
import dev.promptlab.ratelimit.RandomSchedule.Step;
import dev.promptlab.ratelimit.ReferenceRateLimiter.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is claimed of the limiter, shown for the reference, by rules that do not know how it works.
 * The stores then have to give the reference's answers.
 */
final class ReferenceRateLimiterTest {
  private static final int SCHEDULES = 1_000;
  private static final int STEPS = 60;

  private static void each(Clock clock, BiConsumer<String, List<Step>> rule) {
    for (int i = 0; i < SCHEDULES; i++) {
      long seed = RandomSchedule.SEED + i;
      List<Step> steps = RandomSchedule.of(seed, STEPS, clock, String::hashCode);
      rule.accept("schedules.seed=" + seed, steps);
    }
  }

  @ParameterizedTest
  @EnumSource(Clock.class)
  void admitsNoMoreThanTheLimitInAnyTrailingWindow_andOneLimitMoreForEachStepForward(Clock clock) {
    each(
        clock,
        (seed, steps) -> {
          List<Step> charges = new ArrayList<>();
          List<Long> stepsForward = new ArrayList<>();
          long offset = steps.getFirst().now() - steps.getFirst().elapsed();
          for (Step step : steps) {
            if (step.now() - step.elapsed() > offset) {
              stepsForward.add(step.elapsed());
            }
            offset = step.now() - step.elapsed();
            if (step.charges()) {
              charges.add(step);
              long from = step.elapsed() - step.window();
              long admitted = charges.stream().filter(it -> it.elapsed() > from).count();
              long allowances = 1 + stepsForward.stream().filter(it -> it > from).count();
              assertThat(admitted)
                  .as("%s: %s", seed, step)
                  .isLessThanOrEqualTo(allowances * step.limit());
            } else if (givesBack(step)) {
              charges.removeIf(it -> it.requestId().equals(step.requestId()));
            }
          }
        });
  }

  private static boolean givesBack(Step step) {
    return step.isRefund() || !step.expected().orElseThrow().admitted();
  }

  @ParameterizedTest
  @EnumSource(Clock.class)
  void admitsWhoWaitsAsLongAsTold_andNobodyAMillisecondEarlier(Clock clock) {
    each(
        clock,
        (seed, steps) -> {
          for (int i = 1; i < steps.size(); i++) {
            Optional<Answer> told = steps.get(i - 1).expected();
            Step next = steps.get(i);
            if (told.isPresent()
                && !told.get().admitted()
                && !next.isRefund()
                && next.limit() == steps.get(i - 1).limit()
                && next.now() >= told.get().now()
                && steps.subList(0, i).stream()
                    .noneMatch(it -> it.requestId().equals(next.requestId()))) {
              assertThat(next.expected().orElseThrow().admitted())
                  .as("%s: %s", seed, next)
                  .isEqualTo(next.now() >= told.get().resetAt());
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource(Clock.class)
  void locksNobodyOutForLongerThanAWindow(Clock clock) {
    each(
        clock,
        (seed, steps) ->
            steps.forEach(
                step ->
                    step.expected()
                        .ifPresent(
                            answer ->
                                assertThat(answer.resetAt() - answer.now())
                                    .as("%s: %s", seed, step)
                                    .isBetween(1L, step.window()))));
  }

  @Test
  void chargesARepeatOnce_andNothingForADenial() {
    each(
        Clock.STEADY,
        (seed, steps) -> {
          Map<String, Step> charged = new HashMap<>();
          for (Step step : steps) {
            Step before = charged.get(step.requestId());
            if (step.charges()) {
              assertThat(before == null || step.now() - before.now() >= step.window())
                  .as("%s: %s", seed, step)
                  .isTrue();
              charged.put(step.requestId(), step);
            } else if (givesBack(step)) {
              // Only a repeat under a limit that was lowered meanwhile gives something back.
              boolean known = before != null && step.now() - before.now() < step.window();
              assertThat(step.isRefund() || step.writes() == known)
                  .as("%s: %s", seed, step)
                  .isTrue();
              charged.remove(step.requestId());
            }
          }
        });
  }
}
