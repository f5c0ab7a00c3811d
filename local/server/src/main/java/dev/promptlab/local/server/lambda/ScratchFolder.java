package dev.promptlab.local.server.lambda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** An empty folder that goes, with all that is in it by then, when it is closed. */
public record ScratchFolder(Path path) implements AutoCloseable {
  /**
   * A new one, in {@code .local}.
   *
   * @param root the project's folder
   */
  public static ScratchFolder in(Path root) throws IOException {
    Path local = Files.createDirectories(root.resolve(".local"));
    return new ScratchFolder(Files.createTempDirectory(local, "scratch").toAbsolutePath());
  }

  @Override
  public void close() throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(path)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }
}
