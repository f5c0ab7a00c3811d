package dev.promptlab.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeySecretTest {
  @Test
  void isRecognisable_andAnotherEachTime() {
    KeySecret secret = KeySecret.generate();
    assertThat(secret.reveal()).matches("pl_[A-Za-z0-9_-]{43}");
    assertThat(KeySecret.generate().reveal()).isNotEqualTo(secret.reveal());
    assertThat(KeySecret.parse(secret.reveal()).orElseThrow().hash()).isEqualTo(secret.hash());
  }

  @Test
  void isKnownByItsSha256() {
    assertThat(KeySecret.parse("a".repeat(32)).orElseThrow().hash().hex())
        .isEqualTo("3ba3f5f43b92602683c19aee62a20342b084dd5971ddd33808d81a328879a547");
  }

  @Test
  void doesNotShowItself() {
    KeySecret secret = KeySecret.generate();
    assertThat(secret.toString()).doesNotContain(secret.reveal().substring(3));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "pl_short",
        "a b c d e f g h i j k l m n o p q r s t u",
        "ééééééééééééééééééééééééééééééééé"
      })
  void isNothingTooShortOrUnusual(String text) {
    assertThat(KeySecret.parse(text)).isEmpty();
    assertThat(KeySecret.parse("x".repeat(257))).isEmpty();
  }
}
