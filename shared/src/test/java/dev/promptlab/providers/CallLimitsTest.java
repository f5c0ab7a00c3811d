package dev.promptlab.providers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import dev.promptlab.generation.Provider;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallLimitsTest {
  private static final String SETTING = "PROVIDER_CALLS_PER_MINUTE";

  @Test
  void limitsNothing_unlessThatIsWanted() {
    assertThat(CallLimits.of(Environment.of(Map.of())).perMinute(Provider.OPENAI)).isEmpty();
  }

  @Test
  void readsTheNumberOfEachProvider() {
    CallLimits limits =
        CallLimits.of(
            Environment.of(
                Map.of(
                    SETTING, "anthropic=50, openai=500", "PROVIDER_CALLS_AT_A_TIME", "openai=2")));
    assertThat(limits.perMinute(Provider.ANTHROPIC)).hasValue(50);
    assertThat(limits.perMinute(Provider.OPENAI)).hasValue(500);
    assertThat(limits.atATime(Provider.OPENAI)).hasValue(2);
    assertThat(limits.atATime(Provider.ANTHROPIC)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "anthropic",
        "anthropic=0",
        "x=1",
        "openai=1,openai=2",
        "openai=many",
        "openai=1,"
      })
  void refusesWhatIsNoLimit_namingTheSetting(String text) {
    assertThatThrownBy(() -> CallLimits.of(Environment.of(Map.of(SETTING, text))))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining(SETTING);
  }
}
