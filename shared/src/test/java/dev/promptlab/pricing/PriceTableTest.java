package dev.promptlab.pricing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import dev.promptlab.generation.TokenUsage;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PriceTableTest {
  private static final TokenUsage MILLION = new TokenUsage(1_000_000, 1_000_000);

  private static PriceTable table(String setting) {
    return PriceTable.of(Environment.of(Map.of("LLM_PRICES", setting)));
  }

  private static String usd(UsdAmount amount) {
    return amount.usd().toPlainString();
  }

  @Test
  void knowsTheDefaultModels() {
    PriceTable table = table("");
    assertThat(usd(table.cost("claude-haiku-4-5-20251001", "claude-haiku-4-5", MILLION, 0)))
        .isEqualTo("6");
    assertThat(usd(table.cost("gpt-4.1-mini-2025-04-14", "gpt-4.1-mini", MILLION, 0)))
        .isEqualTo("2");
  }

  @Test
  void takesTheLongestNameThatFits_thenTheModelAskedFor_thenTheRest() {
    PriceTable table =
        table(
            "{\"m\":{\"input\":1,\"output\":0},\"m-large\":{\"input\":2,\"output\":0},\"*\":{\"input\":9,\"output\":0}}");
    assertThat(usd(table.cost("m-small", "x", MILLION, 0))).isEqualTo("1");
    assertThat(usd(table.cost("m-large-7", "x", MILLION, 0))).isEqualTo("2");
    assertThat(usd(table.cost("some file.gguf", "m-large", MILLION, 0))).isEqualTo("2");
    assertThat(usd(table.cost("some file.gguf", "x", MILLION, 0))).isEqualTo("9");
    assertThat(usd(table.cost("", "", MILLION, 0))).isEqualTo("9");
  }

  @Test
  void isExactToTheBillionth_roundedUp() {
    PriceTable table = table("{\"m\":{\"input\":0.0375,\"output\":0.15}}");
    assertThat(usd(table.cost("m", "m", new TokenUsage(1, 0), 0))).isEqualTo("0.000000038");
    assertThat(usd(table.cost("m", "m", new TokenUsage(2, 1), 0))).isEqualTo("0.000000225");
    assertThat(table.cost("m", "m", new TokenUsage(0, 0), 0)).isEqualTo(UsdAmount.ZERO);
  }

  @Test
  void countsWhatTheProviderHadCached_atItsPrice() {
    PriceTable table =
        table(
            "{\"m\":{\"input\":2,\"output\":8,\"cachedInput\":0.5},\"n\":{\"input\":2,\"output\":8}}");
    assertThat(usd(table.cost("m", "m", MILLION, 400_000))).isEqualTo("9.4");
    assertThat(usd(table.cost("n", "n", MILLION, 400_000))).isEqualTo("10");
    assertThat(usd(table.cost("m", "m", MILLION, 2_000_000))).isEqualTo("8.5");
  }

  @Test
  void boundsACall_byABytePerToken() {
    PriceTable table = table("{\"m\":{\"input\":1,\"output\":1}}");
    assertThat(table.bound("m", 900, 1_000)).isEqualTo(UsdAmount.of(new BigDecimal("0.002")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "[]",
        "{\"m\":null}",
        "{\"m\":{}}",
        "{\"m\":{\"input\":1}}",
        "{\"m\":{\"input\":-1,\"output\":1}}",
        "{\"m\":{\"input\":1e9,\"output\":1}}",
        "{\"m\":{\"input\":1,\"output\":1,\"cached\":1}}"
      })
  void refusesWhatIsNoTable(String setting) {
    assertThatThrownBy(() -> table(setting))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("LLM_PRICES: must be");
  }
}
