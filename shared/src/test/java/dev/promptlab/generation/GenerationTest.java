package dev.promptlab.generation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class GenerationTest {
  private static Generation generation(String model, String output) {
    return new Generation(model, output, FinishReason.STOP, new TokenUsage(1, 1));
  }

  @Test
  void replacesWhatTheDatabaseCannotHold() {
    Generation generation = generation("m\u0000", "a\u0000b\ud800c\ud83d\ude80d\udc00");
    assertThat(generation.model()).isEqualTo("m\uFFFD");
    assertThat(generation.output()).isEqualTo("a\uFFFDb\uFFFDc\ud83d\ude80d\uFFFD");
  }

  @Test
  void cutsALongModelName_notThroughACharacter() {
    assertThat(generation("\ud83d\ude80".repeat(70_000), "x").model())
        .isEqualTo("\ud83d\ude80".repeat(200));
  }

  @Test
  void isReusable_whenItIsCompleteAndNotEmpty() {
    assertThat(generation("m", "x").reusable()).isTrue();
    assertThat(generation("m", " ").reusable()).isFalse();
    assertThat(new Generation("m", "x", FinishReason.LENGTH, new TokenUsage(1, 1)).reusable())
        .isFalse();
  }

  @Test
  void isTooLarge_whenItHasMoreThan512KiB() {
    assertThat(generation("m", "é".repeat(256 * 1024)).tooLarge()).isFalse();
    assertThat(generation("m", "é".repeat(256 * 1024) + "x").tooLarge()).isTrue();
  }
}
