package dev.promptlab.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  private final Backoff backoff = new Backoff(new Random(7));

  private LongSummaryStatistics seconds(int failures) {
    return LongStream.range(0, 10_000)
        .map(_ -> backoff.after(failures).toSeconds())
        .summaryStatistics();
  }

  @Test
  void doublesItsUpperBound_upToTwoMinutes() {
    assertThat(seconds(1).getMax()).isEqualTo(2);
    assertThat(seconds(2).getMax()).isEqualTo(4);
    assertThat(seconds(4).getMax()).isEqualTo(16);
    assertThat(seconds(50).getMax()).isEqualTo(120);
  }

  @Test
  void spreadsOverTheWholeRange_andIsNeverLessThanASecond() {
    LongSummaryStatistics seconds = seconds(4);
    assertThat(seconds.getMin()).isEqualTo(1);
    assertThat(seconds.getAverage()).isBetween(8.0, 9.0);
    assertThat(backoff.after(1)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void comesNoSoonerThanIsAskedFor_andSpreadOutAfterThat() {
    LongSummaryStatistics seconds =
        LongStream.range(0, 10_000)
            .map(_ -> backoff.after(4, Duration.ofMillis(59_001)).toSeconds())
            .summaryStatistics();
    assertThat(seconds.getMin()).isEqualTo(61);
    assertThat(seconds.getMax()).isEqualTo(76);
  }

  @Test
  void waitsAsUsual_whereNoTimeIsAskedFor() {
    assertThat(backoff.after(1, Duration.ZERO))
        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  @Test
  void isNeverLongerThanAMessageCanBeHidden() {
    assertThat(backoff.after(50, Duration.ofDays(30))).isLessThan(Duration.ofHours(12));
  }
}
