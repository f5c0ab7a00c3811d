package dev.promptlab.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.testing.SettableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class InMemorySweepScheduleTest extends SweepScheduleContract {
  private final SettableClock clock = new SettableClock();

  @Override
  protected SweepSchedule schedule() {
    return new InMemorySweepSchedule(clock);
  }

  @Test
  void isDue_aMinuteAfterSomethingWasExpected() {
    SweepSchedule schedule = schedule();
    schedule.settle(schedule.read().orElseThrow(), Duration.ofDays(1));
    schedule.expect();
    clock.advance(Duration.ofSeconds(59));
    assertThat(schedule.read().orElseThrow().due()).isFalse();
    clock.advance(Duration.ofSeconds(1));
    assertThat(schedule.read().orElseThrow().due()).isTrue();
  }
}
