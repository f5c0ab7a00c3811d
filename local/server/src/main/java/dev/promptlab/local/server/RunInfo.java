package dev.promptlab.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that tells {@code scripts/invoke} how to reach a running PromptLab: url, pid and the
 * functions' environment. For its owner only, since provider keys are among that.
 */
final class RunInfo implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RunInfo.class);
  private static final ObjectMapper json = new ObjectMapper();

  private final Path file;

  private RunInfo(Path file) {
    this.file = file;
  }

  /** Replaces the file of an earlier run, in one step. */
  static RunInfo write(Path file, URI url, Map<String, String> environment) throws IOException {
    Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
    Path draft =
        Files.createTempFile(
            folder,
            "run-local",
            ".tmp",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    json.writerWithDefaultPrettyPrinter()
        .writeValue(
            draft.toFile(),
            Map.of(
                "pid", ProcessHandle.current().pid(),
                "url", url.toString(),
                "environment", new TreeMap<>(environment)));
    Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    return new RunInfo(file);
  }

  /** Removes the file, unless a later run has replaced it. */
  @Override
  public void close() {
    try {
      JsonNode current = Files.exists(file) ? json.readTree(file.toFile()) : json.nullNode();
      if (current.path("pid").asLong() == ProcessHandle.current().pid()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      log.warn("{} could not be removed: {}", file, e.toString());
    }
  }
}
