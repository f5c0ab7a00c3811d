package dev.promptlab.cache.redis;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.json.CompactJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How a result stands in Redis: a format byte, the job's creation time (8 bytes, ms since the
 * epoch, big-endian: what the write script compares), then {@link CompactJson}.
 */
final class EntryFormat {
  static final byte PLAIN = CompactJson.PLAIN;
  static final byte BROTLI = CompactJson.BROTLI;
  private static final int HEADER = 1 + Long.BYTES;

  private EntryFormat() {}

  static byte[] encode(CachedResult result) {
    CompactJson json = CompactJson.of(result);
    return ByteBuffer.allocate(HEADER + json.body().length)
        .put(json.format())
        .putLong(result.createdAt().toEpochMilli())
        .put(json.body())
        .array();
  }

  /**
   * The result in an entry.
   *
   * @throws UnreadableEntryException if this is not what {@link #encode} wrote
   */
  static CachedResult decode(byte[] entry) {
    if (entry.length <= HEADER || entry.length > HEADER + CompactJson.MAX_BYTES) {
      throw new UnreadableEntryException("an entry of " + entry.length + " bytes");
    }
    try {
      return CompactJson.read(
          entry[0], Arrays.copyOfRange(entry, HEADER, entry.length), CachedResult.class);
    } catch (IOException e) {
      throw new UnreadableEntryException(e);
    }
  }
}
