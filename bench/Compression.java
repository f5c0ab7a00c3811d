import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * What compressing an entry of the cache costs and brings: bytes and microseconds, for Brotli at each quality, for gzip
 * and for nothing, on the answers of a model. Run by {@code scripts/bench compression}.
 */
public final class Compression {
  private static final int[] SIZES = {512, 1024, 2048, 4096, 16_384, 65_536};
  private static final int TEXTS_OF_A_SIZE = 40;
  private static final int ROUNDS = 9;

  /** A way to compress, and back. */
  private interface Codec {
    byte[] compress(byte[] bytes) throws IOException;

    byte[] decompress(byte[] bytes) throws IOException;
  }

  private record Brotli(int quality) implements Codec {
    @Override
    public byte[] compress(byte[] bytes) throws IOException {
      return Encoder.compress(bytes, Encoder.Parameters.create(quality));
    }

    @Override
    public byte[] decompress(byte[] bytes) throws IOException {
      try (BrotliInputStream in = new BrotliInputStream(new ByteArrayInputStream(bytes))) {
        return in.readAllBytes();
      }
    }
  }

  private record Gzip() implements Codec {
    @Override
    public byte[] compress(byte[] bytes) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
        gzip.write(bytes);
      }
      return out.toByteArray();
    }

    @Override
    public byte[] decompress(byte[] bytes) throws IOException {
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        return in.readAllBytes();
      }
    }
  }

  private record None() implements Codec {
    @Override
    public byte[] compress(byte[] bytes) {
      return bytes.clone();
    }

    @Override
    public byte[] decompress(byte[] bytes) {
      return bytes.clone();
    }
  }

  /** Medians over the rounds, of one text. */
  private record Measured(double ratio, double compressMicros, double decompressMicros) {}

  private Compression() {}

  public static void main(String[] files) throws IOException {
    if (!Brotli4jLoader.isAvailable()) {
      System.err.println("compression: Brotli has no native library for this platform");
      System.exit(1);
    }
    List<String> answers = answers(files);
    System.out.printf(
        "%d answers, %,d characters; up to %d texts of each size, medians of %d rounds%n%n",
        answers.size(), answers.stream().mapToInt(String::length).sum(), TEXTS_OF_A_SIZE, ROUNDS);
    Map<String, Codec> codecs = new LinkedHashMap<>();
    codecs.put("none", new None());
    codecs.put("gzip", new Gzip());
    for (int quality : new int[] {1, 3, 4, 5, 6, 9, 11}) {
      codecs.put("Brotli " + quality, new Brotli(quality));
    }
    Map<Integer, List<byte[]>> texts = new LinkedHashMap<>();
    for (int size : SIZES) {
      texts.put(size, texts(answers, size));
    }
    // So that no codec is measured on colder code than another.
    for (Codec codec : codecs.values()) {
      measure(codec, texts.get(SIZES[2]));
    }
    System.out.println("| bytes of JSON | | share of the bytes | compress, µs | decompress, µs |");
    System.out.println("|---|---|---|---|---|");
    for (int size : SIZES) {
      for (Map.Entry<String, Codec> codec : codecs.entrySet()) {
        Measured measured = measure(codec.getValue(), texts.get(size));
        System.out.printf(
            "| %d | %s | %.0f %% | %.0f | %.0f |%n",
            size,
            codec.getKey(),
            measured.ratio() * 100,
            measured.compressMicros(),
            measured.decompressMicros());
      }
    }
  }

  /** Of JSON (a list of objects with an "output", as data sets of answers are), or a file's text. */
  private static List<String> answers(String[] files) throws IOException {
    List<String> answers = new ArrayList<>();
    for (String file : files) {
      String text = Files.readString(Path.of(file));
      if (file.endsWith(".json")) {
        for (JsonNode node : new ObjectMapper().readTree(text)) {
          answers.add(node.path("output").asText());
        }
      } else {
        answers.add(text);
      }
    }
    return answers;
  }

  /** Answers one after the other, as JSON strings, cut where a text has its size. */
  private static List<byte[]> texts(List<String> answers, int size) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<byte[]> texts = new ArrayList<>();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (String answer : answers) {
      text.writeBytes(json.writeValueAsString(answer).getBytes(StandardCharsets.UTF_8));
      if (text.size() >= size) {
        texts.add(Arrays.copyOf(text.toByteArray(), size));
        text.reset();
      }
      if (texts.size() == TEXTS_OF_A_SIZE) {
        break;
      }
    }
    if (texts.isEmpty()) {
      throw new IOException("not enough text for " + size + " bytes");
    }
    return texts;
  }

  private static Measured measure(Codec codec, List<byte[]> texts) throws IOException {
    double ratio = 0;
    double compress = 0;
    double decompress = 0;
    for (byte[] text : texts) {
      byte[] compressed = codec.compress(text);
      if (!Arrays.equals(text, codec.decompress(compressed))) {
        throw new IOException("not the same after " + codec);
      }
      ratio += (double) compressed.length / text.length;
      compress += median(() -> codec.compress(text));
      decompress += median(() -> codec.decompress(compressed));
    }
    return new Measured(ratio / texts.size(), compress / texts.size(), decompress / texts.size());
  }

  private interface Work {
    byte[] run() throws IOException;
  }

  private static double median(Work work) throws IOException {
    long[] nanos = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long began = System.nanoTime();
      byte[] result = work.run();
      nanos[i] = System.nanoTime() - began;
      if (result.length == 0) {
        throw new IOException("nothing came out");
      }
    }
    Arrays.sort(nanos);
    return nanos[ROUNDS / 2] / 1_000.0;
  }
}
