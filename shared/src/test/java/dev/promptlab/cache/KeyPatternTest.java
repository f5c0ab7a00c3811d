package dev.promptlab.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyPatternTest {
  private static final InputHash HASH = new InputHash("0a1b".repeat(16));

  @ParameterizedTest
  @CsvSource({
    "*, true",
    "gen:job:hash:*, true",
    "gen:job:hash:0a*, true",
    "gen:job:hash:0?1*b, true",
    "gen:job:hash:[0-3]*, true",
    "gen:job:hash:[^1-9]*, true",
    "gen:*:*1b, true",
    "*a*1b, true",
    "**, true",
    "*0a1b0a1b*, true",
    "*h:0a1b*b0a1b, true",
    "*hash:*hash:*, false",
    "*1b*1b0, false",
    "gen:job:hash:1*, false",
    "gen:job:hash:[1-9a-f]*, false",
    "gen:job:hash:[^0]*, false",
    "gen:job:hash:, false",
    "0a1b*, false",
    "api-ratelimit:*, false"
  })
  void matchesAsRedisDoes(String glob, boolean matches) {
    assertThat(new KeyPattern(glob).matches(HASH)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[",
        "[]",
        "[^]",
        "[z-a]",
        "a\\*",
        "a(b)",
        "a.b",
        "a{2}",
        "$",
        "*a*b*c*d*e*f*",
        "é"
      })
  void refusesWhatIsNoPatternOfKeys(String glob) {
    assertThatThrownBy(() -> new KeyPattern(glob)).isInstanceOf(IllegalArgumentException.class);
  }

  /** Backtracking takes days for it: every hit is compared with every pattern in force. */
  @Test
  void looksAtAKeyOnce_howeverManyAsterisksThereAre() {
    KeyPattern pattern = new KeyPattern("*" + "?*".repeat(4) + "?".repeat(20) + "z");
    for (int i = 0; i < 10_000; i++) {
      assertThat(pattern.matches(HASH)).isFalse();
    }
  }

  @Test
  void agreesWithItsRegularExpression() {
    Random random = new Random(7);
    String key = KeyPattern.KEY_PREFIX + HASH.hex();
    for (int i = 0; i < 20_000; i++) {
      String glob =
          random
              .ints(1 + random.nextInt(8), 0, 6)
              .mapToObj(n -> List.of("*", "?", "0a", "1b", "[0-9]", "gen:job").get(n))
              .collect(Collectors.joining());
      if (glob.chars().filter(c -> c == '*').count() <= 5) {
        KeyPattern pattern = new KeyPattern(glob);
        assertThat(pattern.matches(HASH)).as(glob).isEqualTo(key.matches(pattern.regex()));
      }
    }
  }

  @Test
  void refusesWhatIsTooLong() {
    assertThatThrownBy(() -> new KeyPattern("a".repeat(201)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
