package dev.promptlab.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.promptlab.testing.SettableClock;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What every list of popular inputs does. */
public abstract class PopularityContract {
  private static final Offset<Double> A_SECONDS_DECAY = within(0.01);

  protected final SettableClock clock = new SettableClock();
  private final InputHash one = ResultCacheContract.hash();
  private final InputHash two = ResultCacheContract.hash();
  private final InputHash three = ResultCacheContract.hash();

  protected abstract Popularity popularity();

  /** Lets what was counted arrive; a second may pass. */
  protected abstract void arrive();

  private void count(InputHash hash, int requests) {
    for (int i = 0; i < requests; i++) {
      popularity().count(hash);
    }
  }

  private static List<InputHash> hashes(Popularity.Top top) {
    return top.inputs().stream().map(Popularity.Input::hash).toList();
  }

  @Test
  void listsTheMostPopularFirst() {
    assertThat(popularity().top(10).inputs()).isEmpty();
    count(one, 2);
    count(two, 1);
    arrive();
    count(three, 1);
    count(one, 1);
    count(three, 1);
    arrive();
    Popularity.Top top = popularity().top(10);
    assertThat(hashes(top)).containsExactly(one, three, two);
    assertThat(top.inputs().getFirst().requests()).isCloseTo(3, A_SECONDS_DECAY);
    assertThat(hashes(popularity().top(2))).containsExactly(one, three);
  }

  @Test
  void letsARequestCountHalf_anHourLater() {
    count(one, 3);
    arrive();
    clock.advance(Duration.ofHours(2));
    count(two, 1);
    arrive();
    Popularity.Top top = popularity().top(10);
    assertThat(hashes(top)).containsExactly(two, one);
    assertThat(top.inputs().get(1).requests()).isCloseTo(0.75, A_SECONDS_DECAY);
    count(one, 1);
    arrive();
    assertThat(popularity().top(1).inputs().getFirst())
        .satisfies(
            input -> {
              assertThat(input.hash()).isEqualTo(one);
              assertThat(input.requests()).isCloseTo(1.75, A_SECONDS_DECAY);
            });
  }

  @Test
  void countsOn_yearsLater() {
    count(one, 1);
    arrive();
    clock.advance(Duration.ofDays(10_000));
    count(one, 1);
    count(two, 2);
    arrive();
    assertThat(hashes(popularity().top(10))).containsExactly(two, one);
    assertThat(popularity().top(10).inputs().get(1).requests()).isCloseTo(1, A_SECONDS_DECAY);
  }

  @Test
  void hasAnotherVersion_onlyOnceSomethingWasCounted() {
    count(one, 1);
    arrive();
    String first = popularity().top(10).version();
    clock.advance(Duration.ofMinutes(15));
    arrive();
    assertThat(popularity().top(10).version()).isEqualTo(first);
    count(one, 1);
    arrive();
    String second = popularity().top(10).version();
    assertThat(second).isNotEqualTo(first);
    count(two, 1);
    arrive();
    assertThat(popularity().top(10).version()).isNotIn(first, second);
  }
}
