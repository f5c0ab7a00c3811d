package dev.promptlab.local.server.lambda;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A function in a process of its own, called by Lambda's own runtime interface client. */
public final class FunctionProcess implements AutoCloseable {
  /** The main class of that client. */
  public static final String CLIENT = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";

  /** What Lambda's start script gives the JVM, and what template.yaml adds to that. */
  public static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+TieredCompilation",
          "-XX:TieredStopAtLevel=1",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");

  private final Process process;
  private final Path output;

  private FunctionProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts one.
   *
   * @param folder where it runs; the client takes classes from there
   * @param variables all of its environment, but for what finds programs
   * @param output where it writes
   */
  public static FunctionProcess start(
      List<String> command, Path folder, Map<String, String> variables, Path output)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> !name.matches("PATH|HOME|DOCKER_.*|LANG"));
    builder.environment().putAll(variables);
    return new FunctionProcess(builder.start(), output);
  }

  /**
   * The variables that Lambda sets, after the function's own.
   *
   * @param runtimeApi host and port
   * @param handler the class
   */
  public static Map<String, String> variables(
      Map<String, String> settings, String runtimeApi, String handler) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put("AWS_LAMBDA_RUNTIME_API", runtimeApi);
    all.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    all.put("AWS_LAMBDA_FUNCTION_NAME", "promptlab");
    all.put("AWS_LAMBDA_FUNCTION_VERSION", "1");
    all.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024");
    all.put("AWS_LAMBDA_LOG_GROUP_NAME", "logs");
    all.put("AWS_LAMBDA_LOG_STREAM_NAME", "stream");
    all.put("_HANDLER", handler);
    return all;
  }

  /** The same, for one of which Lambda takes a snapshot. */
  public static Map<String, String> forSnapshot(Map<String, String> variables) {
    Map<String, String> all = new TreeMap<>(variables);
    all.put("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
    return all;
  }

  /** Writes a line to its standard input. */
  public void tell(String line) throws IOException {
    OutputStream input = process.getOutputStream();
    input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  /** How much CPU time it has taken so far, as far as the system tells. */
  public Optional<Duration> cpuTime() {
    return process.info().totalCpuDuration();
  }

  /** What it has written so far. */
  public String output() throws IOException {
    return Files.readString(output);
  }

  /**
   * Ends it in good order (SIGTERM), so that it writes what it was told to write at its end.
   *
   * @throws IllegalStateException if it goes on for more than two minutes
   */
  public void end() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      throw new IllegalStateException("does not end: " + output());
    }
  }

  /** Kills it. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
