package dev.promptlab.local.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A function in a JVM of its own, called by Lambda's own runtime interface client. */
final class FunctionProcess implements AutoCloseable {
  private static final String CLIENT = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";

  private final Process process;
  private final Path classes;
  private final Path output;

  private FunctionProcess(Process process, Path classes, Path output) {
    this.process = process;
    this.classes = classes;
    this.output = output;
  }

  /**
   * Starts one of which a snapshot is to be taken, as Lambda does.
   *
   * @param handler the class
   */
  static FunctionProcess start(
      Path folder, RuntimeApi api, Class<?> handler, Map<String, String> settings)
      throws IOException {
    Path classes = Files.createTempFile(folder, "classes", ".txt");
    Path output = Files.createTempFile(folder, "output", ".txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-Xlog:class+load:file=" + classes,
            "-Dlog4j2.configurationFile=" + Path.of("../../functions/lambda/log4j2.xml").toUri(),
            // As Lambda's own start script has it.
            "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac",
            "-cp",
            System.getProperty("java.class.path"),
            CLIENT,
            handler.getName()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.matches("(ANTHROPIC|OPENAI|BEDROCK|AWS|REDIS|DATABASE|SQS)_.*"));
    builder.environment().putAll(settings);
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_LAMBDA_RUNTIME_API", api.address(),
                "AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start",
                "AWS_LAMBDA_FUNCTION_NAME", "promptlab",
                "AWS_LAMBDA_FUNCTION_VERSION", "1",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024",
                "AWS_LAMBDA_LOG_GROUP_NAME", "logs",
                "AWS_LAMBDA_LOG_STREAM_NAME", "stream",
                "LAMBDA_TASK_ROOT", folder.toString(),
                "_HANDLER", handler.getName()));
    return new FunctionProcess(builder.start(), classes, output);
  }

  /** The classes that it has loaded so far, of all kinds. */
  List<String> loadedClasses() throws IOException {
    try (Stream<String> lines = Files.lines(classes)) {
      return lines.filter(line -> line.contains(" source: ")).toList();
    }
  }

  /** What it has written so far. */
  String output() throws IOException {
    return Files.readString(output);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
