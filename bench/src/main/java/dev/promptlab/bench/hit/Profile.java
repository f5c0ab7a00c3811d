package dev.promptlab.bench.hit;

import dev.promptlab.bench.PartResult.Table;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a profile of the hit path showed and what was done about it, as it was written down: a
 * measurement cannot tell that.
 */
final class Profile {
  private static final String RESOURCE = "profile.tsv";

  private Profile() {}

  /** The table in {@code profile.tsv}: a header, then a line for each cost. */
  static Table table() {
    List<List<String>> lines = text().lines().map(line -> List.of(line.split("\t", -1))).toList();
    return new Table(
        "The largest costs of a hit, and what was done about them",
        lines.getFirst(),
        lines.subList(1, lines.size()));
  }

  private static String text() {
    try (InputStream in = Profile.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("no " + RESOURCE);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
