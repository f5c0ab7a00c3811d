package dev.promptlab.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM of its own with the class path of the tests, which is talked to by lines of text. It logs
 * to the same stream that it answers on. Not thread-safe.
 */
public final class JavaProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;
  private final Writer in;

  private JavaProcess(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = process.outputWriter(StandardCharsets.UTF_8);
  }

  /**
   * Starts one.
   *
   * @param options of the JVM
   */
  public static JavaProcess start(List<String> options, Class<?> main, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(options);
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new JavaProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Sends it a line. */
  public void say(String line) throws IOException {
    in.write(line + "\n");
    in.flush();
  }

  /** Its next line that begins so; others are skipped. */
  public String await(String beginning) throws IOException {
    String line;
    do {
      line = out.readLine();
      assertThat(line).as("the process ended before it said " + beginning).isNotNull();
    } while (!line.startsWith(beginning));
    return line;
  }

  /** Kills it at once; what it has said can still be read. */
  public void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Its exit code, once it has ended; what it says until then is skipped. */
  public int awaitEnd() throws IOException, InterruptedException {
    while (out.readLine() != null) {}
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroy();
  }
}
