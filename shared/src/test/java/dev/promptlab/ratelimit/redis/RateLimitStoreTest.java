package dev.promptlab.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RateLimitStoreTest {
  private static RateLimitStore store(String setting) {
    return RateLimitStore.of(Environment.of(Map.of("RATE_LIMIT_STORE", setting)));
  }

  @ParameterizedTest
  @CsvSource({"'', SORTED_SET", "sorted-set, SORTED_SET", "ring, RING"})
  void isTheOneThatIsConfigured(String setting, RateLimitStore expected) {
    assertThat(store(setting)).isEqualTo(expected);
  }

  @Test
  void isTheSortedSet_whenNothingIsConfigured() {
    assertThat(RateLimitStore.of(Environment.of(Map.of()))).isEqualTo(RateLimitStore.SORTED_SET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ring", "RING", "sorted_set", "zset", "ring,sorted-set"})
  void namesTheSettingAndTheChoice_whenThereIsNoneOfThatName(String setting) {
    assertThatThrownBy(() -> store(setting))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage("RATE_LIMIT_STORE: must be sorted-set or ring");
  }
}
