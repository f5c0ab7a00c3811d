package dev.promptlab.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SourceAddressTest {

  @ParameterizedTest
  @CsvSource({
    "203.0.113.7,                      203.0.113.7",
    "::ffff:203.0.113.7,               203.0.113.7",
    "2001:db8:1:2:aaaa:bbbb:cccc:dddd, 2001:db8:1:2:0:0:0:0/64",
    "2001:db8:1:2::1,                  2001:db8:1:2:0:0:0:0/64",
    "2001:db8:1:3::1,                  2001:db8:1:3:0:0:0:0/64",
    "::1,                              0:0:0:0:0:0:0:0/64",
  })
  void countsByAddressOrNetwork(String literal, String network) {
    assertThat(SourceAddress.parse(literal)).contains(new SourceAddress(network));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "1.2.3",
        "256.1.1.1",
        "1.2.3.4.5",
        "fe80::1%eth0",
        "2001:db8::1::2",
        "01.2.3.x"
      })
  void refusesWhatIsNoAddress(String literal) {
    assertThat(SourceAddress.parse(literal)).isEmpty();
  }
}
