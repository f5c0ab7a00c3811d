package dev.promptlab.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EnvironmentTest {
  private static Environment with(String value) {
    return Environment.of(Map.of("NAME", value));
  }

  @Test
  void countsAsNotSet_whenEmptyOrBlank() {
    assertThat(with("").text("NAME")).isEmpty();
    assertThat(with("  ").text("NAME")).isEmpty();
    assertThat(with("").integer("NAME", 7, 1, 9)).isEqualTo(7);
  }

  @Test
  void namesTheSetting_whenItIsMissing() {
    assertThatThrownBy(() -> with("").requiredText("NAME"))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage("NAME: is not set");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "10", "1.5", "ten", "99999999999"})
  void refusesANumber_whenItIsOutOfRangeOrNone(String value) {
    assertThatThrownBy(() -> with(value).integer("NAME", 7, 1, 9))
        .hasMessage("NAME: must be a whole number from 1 to 9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:6379", "not a url", "/path", "redis:"})
  void refusesAUrl_whenItIsNotAbsolute(String value) {
    assertThatThrownBy(() -> with(value).uri("NAME")).hasMessage("NAME: must be an absolute URL");
  }

  @Test
  void doesNotRepeatTheValue_whenItIsRefused() {
    assertThatThrownBy(() -> with("s3cret").flag("NAME", true))
        .hasMessage("NAME: must be on or off")
        .hasNoCause();
  }

  @Test
  void readsEachType() {
    assertThat(with("on").flag("NAME", false)).isTrue();
    assertThat(with("OFF").flag("NAME", true)).isFalse();
    assertThat(with("90").seconds("NAME", Duration.ZERO, Duration.ZERO, Duration.ofHours(1)))
        .isEqualTo(Duration.ofSeconds(90));
    assertThat(with("redis://h:1").uri("NAME"))
        .hasValueSatisfying(uri -> assertThat(uri).hasPort(1));
  }
}
