package dev.promptlab.local.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunInfoTest {
  @TempDir private Path folder;

  @Test
  void isRemoved_whenItsProcessStops() throws IOException {
    Path file = folder.resolve("run-local.json");

    try (RunInfo info = RunInfo.write(file, URI.create("http://localhost:4000"), Map.of())) {
      assertThat(info).isNotNull();
      assertThat(file).exists();
    }

    assertThat(file).doesNotExist();
  }

  @Test
  void staysAsItIs_whenAnotherProcessHasReplacedIt() throws IOException {
    Path file = folder.resolve("run-local.json");
    String another = "{\"pid\":%d}".formatted(ProcessHandle.current().pid() + 1);

    try (RunInfo info = RunInfo.write(file, URI.create("http://localhost:4000"), Map.of())) {
      assertThat(info).isNotNull();
      Files.writeString(file, another, UTF_8);
    }

    assertThat(file).hasContent(another);
  }
}
