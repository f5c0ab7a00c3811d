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
    "2001:DB8:1:3:0:0:0:1,             2001:db8:1:3:0:0:0:0/64",
    "::ffff:cb00:7107,                 203.0.113.7",
    "0:0:0:0:0:ffff:203.0.113.7,       203.0.113.7",
    "::203.0.113.7,                    0:0:0:0:0:0:0:0/64",
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
        "01.2.3.x",
        "1.2.3.04",
        "2130706433",
        "0x7f.0.0.1",
        "1.2.3.4:80",
        "1.2.3.4/32",
        " 1.2.3.4",
        "1.2.3.4, 5.6.7.8",
        "\u0661.2.3.4",
        "[2001:db8::1]",
        "[2001:db8::1]:443",
        "2001:db8::/64",
        "12345::1",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "::ffff:256.1.1.1",
        "::ffff:1.2.3",
        "::1%0"
      })
  void refusesWhatIsNoAddress(String literal) {
    assertThat(SourceAddress.parse(literal)).isEmpty();
  }
}
