package dev.promptlab.local.migrate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A numbered SQL file.
 *
 * @param version the number after the {@code V} of its name
 * @param checksum SHA-256 of its text, whatever ends its lines
 */
record Migration(int version, String name, String checksum, List<SqlScript.Part> parts) {
  private static final Pattern NAME = Pattern.compile("V([1-9][0-9]{0,8})__[A-Za-z0-9_]+\\.sql");

  /**
   * All SQL files of a folder, in the order in which they are to be applied.
   *
   * @throws MigrationException naming what is unusable
   */
  static List<Migration> allOf(Path folder) {
    List<Migration> all;
    try (Stream<Path> files = Files.list(folder)) {
      all =
          files
              .filter(file -> file.toString().endsWith(".sql"))
              .map(Migration::of)
              .sorted(Comparator.comparingInt(Migration::version))
              .toList();
    } catch (IOException e) {
      throw new MigrationException("the folder %s cannot be read (%s)".formatted(folder, e), e);
    }
    if (all.isEmpty()) {
      throw new MigrationException("there are no SQL files in " + folder);
    }
    for (int i = 1; i < all.size(); i++) {
      if (all.get(i).version() == all.get(i - 1).version()) {
        throw new MigrationException(
            "%s and %s have the same number: give one of them the next free one"
                .formatted(all.get(i - 1).name(), all.get(i).name()));
      }
    }
    return all;
  }

  private static Migration of(Path file) {
    String name = String.valueOf(file.getFileName());
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      throw new MigrationException(
          "%s: a migration's name must be like V7__what_it_does.sql".formatted(name));
    }
    try {
      String text = Files.readString(file).replace("\r\n", "\n");
      return new Migration(
          Integer.parseInt(parts.group(1)), name, sha256(text), SqlScript.parts(name, text));
    } catch (IOException e) {
      throw new MigrationException("%s cannot be read (%s)".formatted(file, e), e);
    }
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
