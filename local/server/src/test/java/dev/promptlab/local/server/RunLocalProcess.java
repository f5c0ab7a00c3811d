package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** {@code RunLocal} in a JVM of its own, as the script starts it. */
final class RunLocalProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final Path infoFile;
  private final Path out;
  private final Path err;

  private RunLocalProcess(Process process, Path infoFile, Path out, Path err) {
    this.process = process;
    this.infoFile = infoFile;
    this.out = out;
    this.err = err;
  }

  /** Starts it with nothing but {@code environment} of what configures an LLM or servers. */
  static RunLocalProcess start(Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    Path infoFile = folder.resolve("info/run-local.json");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Dlog4j2.configurationFile=classpath:log4j2-local.xml");
    command.add("-D" + RunLocal.INFO_FILE_PROPERTY + "=" + infoFile);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(RunLocal.class.getName());
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "out", ".txt");
    Path err = Files.createTempFile(folder, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.matches("(ANTHROPIC|OPENAI|BEDROCK|AWS|REDIS|DATABASE|SQS)_.*"));
    builder.environment().putAll(environment);
    return new RunLocalProcess(builder.start(), infoFile, out, err);
  }

  /** Waits for the file that {@code scripts/invoke} reads; it is there when PromptLab is. */
  JsonNode awaitInfo() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(infoFile)) {
      assertThat(System.nanoTime()).as("not ready in time:%n%s", stdout()).isLessThan(end);
      if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("ended with %d: %s".formatted(process.exitValue(), stderr()));
      }
    }
    return new ObjectMapper().readTree(infoFile.toFile());
  }

  boolean hasInfo() {
    return Files.exists(infoFile);
  }

  /** The processes that it has started and theirs. */
  List<ProcessHandle> children() {
    return process.descendants().collect(Collectors.toList());
  }

  void terminate() {
    process.destroy();
  }

  int awaitExit() throws InterruptedException, IOException {
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .as("not ended in time:%n%s", stdout())
        .isTrue();
    return process.exitValue();
  }

  /** Waits until a line of its output has a text. */
  void awaitOutput(String text) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (stdout().stream().noneMatch(line -> line.contains(text))) {
      assertThat(System.nanoTime()).as("no \"%s\" in:%n%s", text, stdout()).isLessThan(end);
      assertThat(process.waitFor(20, TimeUnit.MILLISECONDS)).as("ended").isFalse();
    }
  }

  /** Sends it a signal by its name without SIG, such as {@code STOP}. */
  void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Ends it at once: for one whose servers are not its own. */
  void kill() {
    process.destroyForcibly();
  }

  List<String> stdout() throws IOException {
    return Files.readAllLines(out);
  }

  List<String> stderr() throws IOException {
    return Files.readAllLines(err);
  }

  /** Killed at once only if it does not stop by itself: its servers would outlive it. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
