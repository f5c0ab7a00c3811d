package dev.promptlab.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TrustedProxiesTest {
  private static TrustedProxies proxies(String setting) {
    return TrustedProxies.of(Environment.of(Map.of("TRUSTED_PROXY", setting)));
  }

  @Test
  void takesNobodysWord_whenNoneIsTrusted() {
    assertThat(proxies("").source("203.0.113.7", Optional.of("198.51.100.1, 203.0.113.7")))
        .contains(new SourceAddress("203.0.113.7"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "the proxy's client      | 10.1.2.3 | 198.51.100.1, 10.1.2.3              | 198.51.100.1",
        "what its client claimed | 10.1.2.3 | 192.0.2.9, 198.51.100.1, 10.1.2.3   | 198.51.100.1",
        "through two proxies     | 10.1.2.3 | 198.51.100.1, 10.9.9.9, 10.1.2.3    | 198.51.100.1",
        "no word of a client     | 10.1.2.3 | 10.1.2.3                            | 10.1.2.3",
        "not of a trusted one    | 11.1.2.3 | 198.51.100.1, 11.1.2.3              | 11.1.2.3",
        "an IPv6 proxy           | 2001:db8:1::1 | 2001:db8:ffff::2, 2001:db8:1::1 | 2001:db8:ffff:0:0:0:0:0/64",
        "a single address        | 192.0.2.1 | 198.51.100.1, 192.0.2.1            | 198.51.100.1"
      })
  void takesTheWordOfTrustedProxies(String what, String saw, String forwardedFor, String source) {
    assertThat(
            proxies("10.0.0.0/8, 2001:db8:1::/48,192.0.2.1").source(saw, Optional.of(forwardedFor)))
        .as(what)
        .contains(new SourceAddress(source));
  }

  @Test
  void hasNoSource_whereATrustedProxySaysNonsense() {
    assertThat(proxies("10.0.0.0/8").source("10.1.2.3", Optional.of("unknown, 10.1.2.3")))
        .isEmpty();
    assertThat(proxies("10.0.0.0/8").source("nonsense", Optional.empty())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/33",
        "10.0.0.0/0",
        "10.0.0.0/x",
        "example.org",
        "10.0.0.1,,",
        "::/129",
        "203.0.113",
        "10/8"
      })
  void refusesWhatIsNoNetwork(String setting) {
    assertThatThrownBy(() -> proxies(setting))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("TRUSTED_PROXY: must be");
  }
}
