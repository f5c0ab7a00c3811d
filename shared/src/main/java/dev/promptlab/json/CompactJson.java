package dev.promptlab.json;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A record of ours as JSON, Brotli-compressed from 1 KiB up if that is smaller and the platform has
 * the native library. Immutable; the body is not copied.
 */
public final class CompactJson {
  public static final byte PLAIN = 1;
  public static final byte BROTLI = 2;

  /**
   * Bytes of JSON: an output of 512 KiB, of which each character may be escaped to six, and the
   * rest of an entry.
   */
  public static final int MAX_BYTES = 4 * 1024 * 1024;

  private static final int COMPRESS_FROM = 1024;

  /** By scripts/bench compression: from here on bytes get few and microseconds many. */
  private static final int QUALITY = 5;

  /** Times as numbers of seconds: read many times faster than as texts, and as either. */
  private static final ObjectWriter WRITER =
      StrictJson.mapper().writer(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

  private final byte format;
  private final byte[] body;

  private CompactJson(byte format, byte[] body) {
    this.format = format;
    this.body = body;
  }

  /**
   * The form of a value.
   *
   * @throws IllegalArgumentException if it has more than {@link #MAX_BYTES}
   */
  public static CompactJson of(Object value) {
    byte[] json;
    try {
      json = WRITER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
    if (json.length > MAX_BYTES) {
      throw new IllegalArgumentException("more than " + MAX_BYTES + " bytes of JSON");
    }
    if (json.length >= COMPRESS_FROM && Brotli4jLoader.isAvailable()) {
      byte[] compressed = compress(json);
      if (compressed.length < json.length) {
        return new CompactJson(BROTLI, compressed);
      }
    }
    return new CompactJson(PLAIN, json);
  }

  /** {@link #PLAIN} or {@link #BROTLI}. */
  public byte format() {
    return format;
  }

  public byte[] body() {
    return body;
  }

  /**
   * The value that was put into a form.
   *
   * @throws IOException if this is not the form of such a value, or is larger than any
   */
  public static <T> T read(byte format, byte[] body, Class<T> type) throws IOException {
    byte[] json =
        switch (format) {
          case PLAIN -> body;
          case BROTLI -> decompress(body);
          default -> throw new IOException("format " + format);
        };
    return StrictJson.mapper().readValue(json, type);
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
      throw new IOException("Brotli is not available on this platform");
    }
    // Not through a stream, whose buffers are larger than most values.
    DecoderJNI.Wrapper decoder = new DecoderJNI.Wrapper(body.length);
    try {
      decoder.getInputBuffer().put(body);
      decoder.push(body.length);
      byte[] json = {};
      while (decoder.getStatus() != DecoderJNI.Status.DONE) {
        switch (decoder.getStatus()) {
          case OK -> decoder.push(0);
          case NEEDS_MORE_OUTPUT -> json = joined(json, decoder.pull());
          default -> throw new IOException("no Brotli stream, or only a part of one");
        }
      }
      return json;
    } finally {
      decoder.destroy();
    }
  }

  private static byte[] joined(byte[] first, ByteBuffer next) throws IOException {
    if (first.length + next.remaining() > MAX_BYTES) {
      throw new IOException("more than " + MAX_BYTES + " bytes when decompressed");
    }
    byte[] both = Arrays.copyOf(first, first.length + next.remaining());
    next.get(both, first.length, next.remaining());
    return both;
  }
}
