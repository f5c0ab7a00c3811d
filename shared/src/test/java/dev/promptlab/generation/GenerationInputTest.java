package dev.promptlab.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.promptlab.json.CanonicalJson;
import dev.promptlab.json.StrictJson;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GenerationInputTest {
  private static GenerationInput input(String json) {
    return GenerationInput.of(StrictJson.parse(json));
  }

  @Test
  void givesEachVariableItsCanonicalText() {
    assertThat(input("{\"n\":3.0,\"big\":1E21,\"yes\":true,\"text\":\"3.0\"}").variables())
        .isEqualTo(Map.of("n", "3", "big", "1e+21", "yes", "true", "text", "3.0"));
  }

  @Test
  void fillsTheInputVariable_whenItIsAText() {
    assertThat(GenerationInput.text("hi").variables()).isEqualTo(Map.of("input", "hi"));
  }

  @Test
  void isEqual_whenOnlyOrderAndNotationDiffer() {
    assertThat(input("{\"a\":1.0,\"b\":\"x\"}")).isEqualTo(input("{\"b\":\"\\u0078\",\"a\":1}"));
    assertThat(input("{\"a\":\"1\"}")).isNotEqualTo(input("{\"a\":1}"));
  }

  @Test
  void isWhatTheCanonicaliserWrites_whateverTheCharacters() {
    for (int c = 1; c <= 0x11000; c++) {
      if (Character.isBmpCodePoint(c) && Character.isSurrogate((char) c)) {
        continue;
      }
      String text = "a" + Character.toString(c) + "\"b";
      String array = CanonicalJson.of(JsonNodeFactory.instance.arrayNode().add(text));
      assertThat("[" + GenerationInput.text(text).canonical() + "]").isEqualTo(array);
    }
  }

  @Test
  void survivesItsCanonicalText() {
    GenerationInput input = input("{\"b\":0.1,\"a\":\"é\\n\\\"\"}");
    assertThat(GenerationInput.ofCanonical(input.canonical())).isEqualTo(input);
    GenerationInput text = GenerationInput.text("[\"not\",\"an array\"]");
    assertThat(GenerationInput.ofCanonical(text.canonical())).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3",
        "true",
        "null",
        "[\"a\"]",
        "{\"a\":null}",
        "{\"a\":{\"b\":1}}",
        "{\"a\":[1]}"
      })
  void refusesWhatIsNeitherTextNorVariables(String json) {
    assertThatThrownBy(() -> input(json)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void isTooLarge_whenItsJsonHasMoreThan32KiB() {
    assertThat(GenerationInput.text("x".repeat(32 * 1024 - 2)).tooLarge()).isFalse();
    assertThat(GenerationInput.text("x".repeat(32 * 1024 - 1)).tooLarge()).isTrue();
    assertThat(GenerationInput.text("é".repeat(16 * 1024)).tooLarge()).isTrue();
  }

  @Test
  void doesNotShowItsContent_whenPrinted() {
    assertThat(GenerationInput.text("a private prompt"))
        .hasToString("GenerationInput[18 characters]");
  }
}
