package dev.promptlab.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.jobs.SweepSchedule.Reading;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What every schedule does. */
public abstract class SweepScheduleContract {
  private static final Duration DAY = Duration.ofDays(1);

  /** One that nothing is known of. */
  protected abstract SweepSchedule schedule();

  private static Reading read(SweepSchedule schedule) {
    return schedule.read().orElseThrow();
  }

  @Test
  void isDue_whileNothingIsKnown() {
    SweepSchedule schedule = schedule();
    assertThat(read(schedule).due()).isTrue();
    assertThat(read(schedule).due()).isTrue();
  }

  @Test
  void isNotDue_onceItIsSettled_untilThen() {
    SweepSchedule schedule = schedule();
    schedule.settle(read(schedule), DAY);
    assertThat(read(schedule).due()).isFalse();
    schedule.settle(read(schedule), Duration.ZERO);
    assertThat(read(schedule).due()).isTrue();
  }

  @Test
  void keepsWhatIsExpected_betweenAReadingAndItsSettling() {
    SweepSchedule schedule = schedule();
    schedule.settle(read(schedule), Duration.ZERO);
    Reading before = read(schedule);
    assertThat(schedule.expect()).isTrue();
    schedule.settle(before, DAY);
    assertThat(read(schedule).due()).as("as it was").isTrue();
  }

  @Test
  void isNotDueAtOnce_whenSomethingIsExpected() {
    SweepSchedule schedule = schedule();
    schedule.settle(read(schedule), DAY);
    schedule.expect();
    assertThat(read(schedule).due()).isFalse();
  }

  @Test
  void staysDue_whenSomethingIsExpectedToo() {
    SweepSchedule schedule = schedule();
    schedule.settle(read(schedule), Duration.ZERO);
    schedule.expect();
    assertThat(read(schedule).due()).isTrue();
  }
}
