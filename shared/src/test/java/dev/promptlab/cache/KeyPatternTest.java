package dev.promptlab.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  @Test
  void refusesWhatIsTooLong() {
    assertThatThrownBy(() -> new KeyPattern("a".repeat(201)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
