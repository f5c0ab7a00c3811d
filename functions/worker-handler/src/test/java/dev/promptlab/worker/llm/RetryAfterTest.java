package dev.promptlab.worker.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Optional<Duration> asked(int status, Map<String, String> headers) {
    return RetryAfter.of(status, name -> Optional.ofNullable(headers.get(name)), NOW);
  }

  @ParameterizedTest
  @CsvSource({
    "0,                               PT0S",
    "' 12 ',                          PT12S",
    "1.5,                             PT1.5S",
    "'Thu, 01 Jan 2026 00:02:00 GMT', PT2M",
    "'Wed, 31 Dec 2025 23:00:00 GMT', PT0S",
    "2026-01-01T01:00:30+01:00,       PT30S",
    "999999999,                       PT277777H46M39S",
  })
  void readsSecondsAndTimes(String value, Duration delay) {
    assertThat(asked(503, Map.of("retry-after", value))).contains(delay);
  }

  @ParameterizedTest
  @CsvSource({
    "6m0s, PT6M",
    "1h2m3.5s, PT1H2M3.5S",
    "1d, PT24H",
    "20ms, PT0.02S",
    "1s20ms, PT1.02S",
    "0, PT0S",
    "7, PT7S",
  })
  void readsDurationsAsOpenAiWritesThem(String value, Duration delay) {
    assertThat(asked(429, Map.of("x-ratelimit-reset-tokens", value))).contains(delay);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "soon",
        "-1",
        "1e9",
        "NaN",
        "9999999999",
        "1 2",
        "s",
        "m5",
        "Thu, 99 Jan"
      })
  void ignoresWhatCannotBeRead(String value) {
    assertThat(asked(429, Map.of("retry-after", value))).isEmpty();
    assertThat(asked(429, Map.of("x-ratelimit-reset-tokens", value))).isEmpty();
  }

  @Test
  void prefersWhatIsSaidMoreDirectly() {
    Map<String, String> all =
        Map.of("retry-after-ms", "1500", "retry-after", "9", "x-ratelimit-reset-requests", "1m0s");
    assertThat(asked(429, all)).contains(Duration.ofMillis(1_500));
    assertThat(asked(429, Map.of("retry-after-ms", "?", "retry-after", "9")))
        .contains(Duration.ofSeconds(9));
    assertThat(asked(429, Map.of("retry-after", "?", "x-ratelimit-reset-requests", "1m0s")))
        .contains(Duration.ofMinutes(1));
  }

  @Test
  void takesTheLimitOfWhichLeastIsLeft() {
    assertThat(
            asked(
                429,
                Map.of(
                    "x-ratelimit-limit-requests", "10000",
                    "x-ratelimit-remaining-requests", "9000",
                    "x-ratelimit-reset-requests", "2h24m0s",
                    "x-ratelimit-limit-tokens", "30000",
                    "x-ratelimit-remaining-tokens", "200",
                    "x-ratelimit-reset-tokens", "59.6s")))
        .contains(Duration.ofMillis(59_600));
  }

  @Test
  void takesTheLatestReset_whereMoreThanOneLimitIsUsedUp() {
    assertThat(
            asked(
                429,
                Map.of(
                    "anthropic-ratelimit-requests-limit", "50",
                    "anthropic-ratelimit-requests-remaining", "0",
                    "anthropic-ratelimit-requests-reset", "2026-01-01T00:00:20Z",
                    "anthropic-ratelimit-output-tokens-limit", "8000",
                    "anthropic-ratelimit-output-tokens-remaining", "0",
                    "anthropic-ratelimit-output-tokens-reset", "2026-01-01T00:00:45Z",
                    "anthropic-ratelimit-tokens-limit", "50000",
                    "anthropic-ratelimit-tokens-remaining", "40000",
                    "anthropic-ratelimit-tokens-reset", "2026-01-01T00:00:55Z")))
        .contains(Duration.ofSeconds(45));
  }

  @Test
  void takesNoResetForARequest_whereTheProviderDidNotRefuseForItsLimit() {
    assertThat(asked(500, Map.of("x-ratelimit-reset-requests", "1m0s"))).isEmpty();
  }
}
