package dev.promptlab.cache.redis;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.promptlab.cache.CachedResult;
import dev.promptlab.json.StrictJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How a result stands in Redis: a format byte, the job's creation time (8 bytes, ms since the
 * epoch, big-endian: what the write script compares), then JSON, as it is or Brotli-compressed.
 * Compressed from 1 KiB up if that is smaller and the platform has the native library.
 */
final class EntryFormat {
  static final byte PLAIN = 1;
  static final byte BROTLI = 2;
  private static final int HEADER = 1 + Long.BYTES;
  private static final int COMPRESS_FROM = 1024;

  /**
   * An output of 512 KiB, of which each character may be escaped to six, and the rest of the entry.
   */
  static final int MAX_JSON = 4 * 1024 * 1024;

  /** By scripts/bench compression: from here on bytes get few and microseconds many. */
  private static final int QUALITY = 5;

  private EntryFormat() {}

  static byte[] encode(CachedResult result) {
    byte[] json;
    try {
      json = StrictJson.mapper().writeValueAsBytes(result);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
    byte format = PLAIN;
    if (json.length >= COMPRESS_FROM && Brotli4jLoader.isAvailable()) {
      byte[] compressed = compress(json);
      if (compressed.length < json.length) {
        json = compressed;
        format = BROTLI;
      }
    }
    return ByteBuffer.allocate(HEADER + json.length)
        .put(format)
        .putLong(result.createdAt().toEpochMilli())
        .put(json)
        .array();
  }

  /**
   * The result in an entry.
   *
   * @throws UnreadableEntryException if this is not what {@link #encode} wrote
   */
  static CachedResult decode(byte[] entry) {
    if (entry.length <= HEADER || entry.length > HEADER + MAX_JSON) {
      throw new UnreadableEntryException("an entry of " + entry.length + " bytes");
    }
    byte[] body = Arrays.copyOfRange(entry, HEADER, entry.length);
    try {
      byte[] json =
          switch (entry[0]) {
            case PLAIN -> body;
            case BROTLI -> decompress(body);
            default -> throw new UnreadableEntryException("format " + entry[0]);
          };
      return StrictJson.mapper().readValue(json, CachedResult.class);
    } catch (IOException e) {
      throw new UnreadableEntryException(e);
    }
  }

  private static byte[] compress(byte[] json) {
    try {
      return Encoder.compress(json, Encoder.Parameters.create(QUALITY));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] decompress(byte[] body) throws IOException {
    if (!Brotli4jLoader.isAvailable()) {
      throw new UnreadableEntryException("Brotli is not available on this platform");
    }
    try (BrotliInputStream in = new BrotliInputStream(new ByteArrayInputStream(body))) {
      byte[] json = in.readNBytes(MAX_JSON + 1);
      if (json.length > MAX_JSON) {
        throw new UnreadableEntryException("more than " + MAX_JSON + " bytes when decompressed");
      }
      return json;
    }
  }
}
