package dev.promptlab.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EpochCopyTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final EpochReading A = new EpochReading("a", NOW);
  private static final EpochReading B = new EpochReading("b", NOW.plusSeconds(1));

  private final Map<String, String> database = new HashMap<>(Map.of("key", "one"));
  private final List<String> reads = new ArrayList<>();
  private final Map<String, Stamped<Optional<String>>> shelf = new HashMap<>();
  private final EpochCopy<String, Optional<String>> copy = copy(10);

  private EpochCopy<String, Optional<String>> copy(int maxEntries) {
    return new EpochCopy<>(
        new SharedCopy<>() {
          @Override
          public Optional<Stamped<Optional<String>>> get(String key) {
            return Optional.ofNullable(shelf.get(key));
          }

          @Override
          public void put(String key, Stamped<Optional<String>> value, Duration life) {
            shelf.put(key, value);
          }
        },
        key -> {
          reads.add(key);
          return Optional.ofNullable(database.get(key));
        },
        maxEntries);
  }

  @Test
  void asksTheDatabaseOnce_whileTheEpochIsInForce() {
    assertThat(copy.peek("key")).isEmpty();
    assertThat(copy.get("key", A)).contains("one");
    assertThat(copy.get("key", A)).contains("one");
    assertThat(copy.peek("key")).contains(Optional.of("one"));
    assertThat(reads).hasSize(1);
  }

  @Test
  void asksAnew_whenTheEpochIsAnother() {
    copy.get("key", A);
    database.put("key", "two");
    assertThat(copy.get("key", A)).contains("one");
    assertThat(copy.get("key", B)).contains("two");
  }

  @Test
  void remembersWhatIsNotThere() {
    assertThat(copy.get("none", A)).isEmpty();
    assertThat(copy.get("none", A)).isEmpty();
    assertThat(reads).hasSize(1);
    database.put("none", "now");
    assertThat(copy.get("none", B)).contains("now");
  }

  @Test
  void lives60Seconds_fromItsReadOfTheDatabase_whereverItCameFrom() {
    copy.get("key", A);
    database.put("key", "two");
    EpochReading later = new EpochReading("a", NOW.plusSeconds(59));
    assertThat(copy(10).get("key", later)).as("from the shelf").contains("one");
    assertThat(copy.get("key", new EpochReading("a", NOW.plusSeconds(60)))).contains("two");
    assertThat(copy.get("key", new EpochReading("a", NOW.plusSeconds(119)))).contains("two");
    assertThat(reads).hasSize(2);
  }

  @Test
  void livesNoLonger_whenTheClockStepsBack() {
    copy.get("key", A);
    database.put("key", "two");
    assertThat(copy.get("key", new EpochReading("a", NOW.minusSeconds(1)))).contains("two");
  }

  @Test
  void asksTheDatabase_whenTheShelfIsOfAnotherEpoch() {
    copy.get("key", A);
    database.put("key", "two");
    assertThat(copy(10).get("key", B)).contains("two");
  }

  @Test
  void forgetsWhatWasNotUsedForLongest() {
    EpochCopy<String, Optional<String>> small = copy(2);
    small.get("1", A);
    small.get("2", A);
    small.get("1", A);
    small.get("3", A);
    assertThat(small.peek("2")).isEmpty();
    assertThat(small.peek("1")).isPresent();
  }

  @Test
  void remembersNothing_whenTheDatabaseFails() {
    EpochCopy<String, String> failing =
        new EpochCopy<>(
            SharedCopy.none(),
            _ -> {
              throw new IllegalStateException("down");
            },
            10);
    assertThatThrownBy(() -> failing.get("key", A)).isInstanceOf(IllegalStateException.class);
    assertThat(failing.peek("key")).isEmpty();
  }
}
