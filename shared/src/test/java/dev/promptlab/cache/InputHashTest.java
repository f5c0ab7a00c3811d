package dev.promptlab.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.json.CanonicalJson;
import dev.promptlab.json.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class InputHashTest {

  @TestFactory
  Stream<DynamicTest> matchesEachVector() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            InputHashTest.class.getResourceAsStream("/vectors/input-hash.json"))) {
      JsonNode vectors = StrictJson.parse(ByteBuffer.wrap(in.readAllBytes()));
      assertThat(vectors).hasSizeGreaterThan(10);
      return vectors
          .valueStream()
          .map(vector -> DynamicTest.dynamicTest(vector.get("name").asText(), () -> check(vector)));
    }
  }

  private static void check(JsonNode vector) {
    JsonNode object = vector.get("object");
    assertThat(CanonicalJson.of(object)).isEqualTo(vector.get("canonical").asText());
    InputHash hash =
        InputHash.of(
            Optional.ofNullable(object.get("account")).map(JsonNode::asText),
            object.get("templateId").asText(),
            object.get("version").asInt(),
            Provider.named(object.get("provider").asText()).orElseThrow(),
            GenerationInput.of(object.get("input")));
    assertThat(hash.hex()).isEqualTo(vector.get("inputHash").asText());
  }

  @Test
  void refusesWhatIsNoHash() {
    assertThatThrownBy(() -> new InputHash("abc")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new InputHash("A".repeat(64)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
