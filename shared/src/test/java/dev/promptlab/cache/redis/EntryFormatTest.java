package dev.promptlab.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.ResultCacheContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EntryFormatTest {
  private static CachedResult result(String output) {
    return ResultCacheContract.result(
        ResultCacheContract.hash(),
        output,
        Instant.parse("2026-01-01T00:00:00.123Z"),
        Duration.ofHours(1));
  }

  @Test
  void compresses_onlyFrom1KiBUp() {
    byte[] small = EntryFormat.encode(result("short"));
    byte[] large = EntryFormat.encode(result("the same again ".repeat(1_000)));
    assertThat(small[0]).isEqualTo(EntryFormat.PLAIN);
    assertThat(large[0]).isEqualTo(EntryFormat.BROTLI);
    assertThat(large).hasSizeLessThan(2_000);
  }

  @Test
  void carriesTheCreationTime_whereTheScriptLooks() {
    assertThat(ByteBuffer.wrap(EntryFormat.encode(result("x"))).getLong(1))
        .isEqualTo(Instant.parse("2026-01-01T00:00:00.123Z").toEpochMilli());
  }

  @Test
  void survivesEncoding_whateverTheOutput() {
    Random random = new Random(42);
    for (int i = 0; i < 200; i++) {
      StringBuilder output = new StringBuilder();
      random.ints(random.nextInt(3_000), 1, 0xD7FF).forEach(output::appendCodePoint);
      CachedResult result = result(output.toString());
      assertThat(EntryFormat.decode(EntryFormat.encode(result))).isEqualTo(result);
    }
  }

  @Test
  void refusesWhatItDidNotWrite() {
    byte[] entry = EntryFormat.encode(result("x"));
    byte[] unknown = entry.clone();
    unknown[0] = 9;
    byte[] cut = Arrays.copyOf(entry, entry.length - 3);
    byte[] compressed = EntryFormat.encode(result("the same again ".repeat(1_000)));
    byte[] cutCompressed = Arrays.copyOf(compressed, compressed.length - 3);
    byte[] noBrotli = compressed.clone();
    Arrays.fill(noBrotli, 9, noBrotli.length, (byte) 0xFF);
    byte[] missing =
        (new String(entry, 0, 9, StandardCharsets.ISO_8859_1) + "{}")
            .getBytes(StandardCharsets.ISO_8859_1);
    for (byte[] bad :
        new byte[][] {
          {},
          {1},
          unknown,
          cut,
          cutCompressed,
          noBrotli,
          missing,
          "{\"old\":1}".getBytes(StandardCharsets.UTF_8)
        }) {
      assertThatThrownBy(() -> EntryFormat.decode(bad))
          .isInstanceOf(UnreadableEntryException.class);
    }
  }

  @Test
  void refusesABomb() throws IOException {
    Brotli4jLoader.ensureAvailability();
    byte[] bomb = Encoder.compress(new byte[64 * 1024 * 1024]);
    byte[] entry =
        ByteBuffer.allocate(9 + bomb.length).put(EntryFormat.BROTLI).putLong(0).put(bomb).array();
    assertThatThrownBy(() -> EntryFormat.decode(entry))
        .isInstanceOf(UnreadableEntryException.class)
        .hasMessageContaining("when decompressed");
  }
}
