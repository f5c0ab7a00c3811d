package dev.promptlab.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StrictJsonTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":1,\"a\":2}       | has a duplicate key",
        "{\"a\":1} x             | is not valid JSON",
        "{\"a\":1} {}            | has content after its end",
        "{'a':1}                 | is not valid JSON",
        "{\"a\":1,}              | is not valid JSON",
        "{\"a\":NaN}             | is not valid JSON",
        "{\"a\":01}              | is not valid JSON",
        "''                      | is empty",
        "{\"a\":9007199254740993} | is a number that a 64-bit float cannot hold exactly",
        "{\"a\":0.1000000000000000055511151231257827} | is a number that a 64-bit float cannot hold exactly",
        "{\"a\":1e400}           | is a number out of range",
        "{\"a\":1e-400}          | is a number that a 64-bit float cannot hold exactly",
        "{\"a\":1e999999999}     | is a number out of range",
        "{\"a\":1e99999999999}   | has a number out of range",
        "{\"a\":1e-99999999999}  | has a number out of range",
        "{\"a\":0e99999999999}   | has a number out of range",
        "{\"a\":1e-2147483648}   | has a number out of range",
        "{\"a\":\"x\\u0000\"}    | has the character U+0000",
        "{\"a\\u0000\":1}        | has the character U+0000",
        "{\"a\":\"\\ud800\"}     | has a lone surrogate",
        "{\"a\":\"\\udc00\\ud800\"} | has a lone surrogate",
      })
  void refuses_whenTheMeaningIsInDoubt(String json, String problem) {
    assertThatThrownBy(() -> StrictJson.parse(json == null ? "" : json))
        .isInstanceOf(InvalidJsonException.class)
        .hasMessageStartingWith(problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":9007199254740992}",
        "{\"a\":1E2}",
        "{\"a\":-0.0}",
        "{\"a\":0.1}",
        "{\"a\":\"\\ud83d\\ude00\"}"
      })
  void accepts_whenTheMeaningIsClear(String json) {
    assertThat(StrictJson.parse(json).isObject()).isTrue();
  }

  @Test
  void namesNoMoreThanTheBeginningOfALongName() {
    String json = "{\"" + "secret ".repeat(1000) + "\":{\"b\":1e400}}";
    assertThatThrownBy(() -> StrictJson.parse(json))
        .isInstanceOfSatisfying(
            InvalidJsonException.class,
            e -> assertThat(e.pointer()).hasSizeLessThan(100).startsWith("secret").endsWith("….b"));
  }

  @Test
  void refusesDeepNesting() {
    assertThatThrownBy(() -> StrictJson.parse("[".repeat(100_000)))
        .hasMessageStartingWith("is nested deeper than 32 levels");
  }

  @Test
  void refusesInvalidUtf8() {
    byte[] overlong = {'"', (byte) 0xC0, (byte) 0x80, '"'};
    assertThatThrownBy(() -> StrictJson.parse(ByteBuffer.wrap(overlong)))
        .hasMessage("is not valid UTF-8");
  }

  @Test
  void namesTheField_andNeverRepeatsItsContent() {
    assertThatThrownBy(() -> StrictJson.parse("{\"input\":{\"secret\":\"hunter2\\u0000\"}}"))
        .isInstanceOfSatisfying(
            InvalidJsonException.class,
            e -> {
              assertThat(e.pointer()).isEqualTo("input.secret");
              assertThat(e).hasMessageNotContaining("hunter2");
            });
    assertThatThrownBy(() -> StrictJson.parse("{\"input\": hunter2}"))
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void readsBytesWithoutConsumingThem() {
    ByteBuffer bytes = ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8));
    StrictJson.parse(bytes);
    assertThat(bytes.remaining()).isEqualTo(2);
  }
}
