package dev.promptlab.bench.coldstart;

import dev.promptlab.local.server.lambda.FunctionCode;
import dev.promptlab.local.server.lambda.FunctionImage;
import dev.promptlab.local.server.lambda.FunctionProcess;
import dev.promptlab.local.server.lambda.FunctionServers;
import dev.promptlab.local.server.lambda.RuntimeApi;
import dev.promptlab.local.server.lambda.Training;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Functions as processes of this machine, with all of its CPUs. */
final class ThisMachine implements Place {
  private static final FunctionCode FUNCTION = FunctionCode.GENERATE;
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private final Path zip;
  private final Path work;
  private final FunctionServers servers;
  private final List<Path> runtime = runtime();
  private final List<Path> all;

  /**
   * Trains what is to be trained.
   *
   * @param work an empty folder
   */
  ThisMachine(Path root, Path work, FunctionServers servers)
      throws IOException, InterruptedException {
    this.zip = FUNCTION.unpacked(root);
    this.work = work.toAbsolutePath();
    this.servers = servers;
    List<Path> jars = FUNCTION.copyAsJars(root, this.work.resolve("jars"));
    this.all = Stream.concat(runtime.stream(), jars.stream()).toList();
    train(List.of("-XX:ArchiveClassesAtExit=" + archive()));
    train(cacheOptions("-XX:AOTCacheOutput="));
  }

  private Path archive() {
    return work.resolve("function.jsa");
  }

  private List<String> cacheOptions(String option) {
    List<String> options = new ArrayList<>(FunctionImage.CACHE_OPTIONS);
    options.add(option + work.resolve("function.aot"));
    return options;
  }

  private void train(List<String> options) throws IOException, InterruptedException {
    try (RuntimeApi api = RuntimeApi.start();
        FunctionProcess function = start(options, all, work, variables(api))) {
      Training.run(FUNCTION, servers, api);
      function.end();
    }
  }

  @Override
  public Launch prepare(Variant variant, RuntimeApi api) {
    Map<String, String> variables = variables(api);
    return switch (variant) {
      case ZIP -> () -> start(List.of(), runtime, zip, variables);
      case PRIMED -> () -> start(List.of(), runtime, zip, FunctionProcess.forSnapshot(variables));
      case APPCDS ->
          () -> start(List.of("-XX:SharedArchiveFile=" + archive()), all, work, variables);
      case AOT -> () -> start(cacheOptions("-XX:AOTCache="), all, work, variables);
    };
  }

  /** The zip, whose JVM writes to a file which classes it loads. */
  Launch prepareLogged(RuntimeApi api, Path log) {
    return () ->
        start(List.of(ClassLoading.LOG_OPTION.formatted(log)), runtime, zip, variables(api));
  }

  private FunctionProcess start(
      List<String> options, List<Path> classPath, Path folder, Map<String, String> variables)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(JAVA));
    command.addAll(options);
    command.addAll(FunctionProcess.JVM_OPTIONS);
    command.add("-cp");
    command.add(classPath.stream().map(Path::toString).collect(Collectors.joining(":")));
    command.addAll(List.of(FunctionProcess.CLIENT, FUNCTION.handler()));
    return FunctionProcess.start(command, folder, variables, work.resolve("output.txt"));
  }

  private Map<String, String> variables(RuntimeApi api) {
    return FunctionProcess.variables(
        servers.settings(), "127.0.0.1:" + api.port(), FUNCTION.handler());
  }

  /** What Lambda has in /var/runtime/lib: here among the benchmark's own libraries. */
  private static List<Path> runtime() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(Path::of)
        .filter(
            jar ->
                jar.getFileName()
                    .toString()
                    .matches(
                        "aws-lambda-java-(core|runtime-interface-client|serialization)-.*"
                            + "|utils-lite-.*"))
        .toList();
  }
}
