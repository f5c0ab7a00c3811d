package dev.promptlab.bench.coldstart;

import dev.promptlab.local.server.StartFailedException;
import dev.promptlab.local.server.lambda.Docker;
import dev.promptlab.local.server.lambda.FunctionCode;
import dev.promptlab.local.server.lambda.FunctionImage;
import dev.promptlab.local.server.lambda.FunctionProcess;
import dev.promptlab.local.server.lambda.FunctionServers;
import dev.promptlab.local.server.lambda.RuntimeApi;
import dev.promptlab.local.server.lambda.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * Functions in Lambda's image, with the CPU and the memory of a function of 1 GB: 1,024 of the
 * 1,769 MB at which Lambda gives a whole CPU.
 */
final class LambdaContainer implements Place {
  private static final FunctionCode FUNCTION = FunctionCode.GENERATE;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String WORK = "/work";
  private static final String ARCHIVE = WORK + "/function.jsa";
  private static final String IMAGE = "promptlab-bench-generate";

  private static final List<String> LIMITS = List.of("--cpus", "0.58", "--memory", "1024m");
  private static final Duration PACE = Duration.ofMillis(20);

  /** Waits for the word; what a container costs to make is not counted. */
  private static final String WAITING = "echo waiting; read -r _; exec \"$@\"";

  private final Path zip;
  private final Path work;
  private final FunctionServers servers;

  /**
   * Builds the image, and trains what is to be trained.
   *
   * @param work an empty folder
   */
  LambdaContainer(Path root, Path work, FunctionServers servers)
      throws IOException, InterruptedException, StartFailedException {
    this.zip = FUNCTION.unpacked(root);
    this.work = work.toAbsolutePath();
    this.servers = servers;
    FunctionImage.build(root, FUNCTION, IMAGE);
    train();
  }

  /** The jars and their class path are those of the image. */
  private void train() throws IOException, InterruptedException {
    try (RuntimeApi api = RuntimeApi.start();
        Launch launch =
            launch(
                api,
                settings -> settings,
                List.of(),
                IMAGE,
                withOptions("-XX:ArchiveClassesAtExit=" + ARCHIVE));
        FunctionProcess function = launch.go()) {
      Training.run(FUNCTION, servers, api);
      function.end();
    }
  }

  @Override
  public Launch prepare(Variant variant, RuntimeApi api) throws IOException, InterruptedException {
    return switch (variant) {
      case ZIP -> launchZip(api, variables -> variables);
      case PRIMED -> launchZip(api, FunctionProcess::forSnapshot);
      case APPCDS ->
          launch(
              api,
              variables -> variables,
              LIMITS,
              IMAGE,
              withOptions("-XX:SharedArchiveFile=" + ARCHIVE));
      case AOT ->
          launch(
              api,
              variables -> variables,
              LIMITS,
              IMAGE,
              withOptions("-XX:AOTCache=/var/task/function.aot"));
    };
  }

  private Launch launchZip(RuntimeApi api, UnaryOperator<Map<String, String>> variables)
      throws IOException, InterruptedException {
    List<String> options = new ArrayList<>(LIMITS);
    options.addAll(List.of("--volume", zip + ":/var/task:ro"));
    options.addAll(
        List.of("--env", "JAVA_TOOL_OPTIONS=" + String.join(" ", FunctionProcess.JVM_OPTIONS)));
    return launch(api, variables, options, Docker.lambdaImage(), List.of("/var/runtime/bootstrap"));
  }

  private static List<String> withOptions(String option) {
    return List.of("/var/lang/bin/java", option, "@/var/task/java.options", FUNCTION.handler());
  }

  private Launch launch(
      RuntimeApi api,
      UnaryOperator<Map<String, String>> lambdaVariables,
      List<String> options,
      String image,
      List<String> program)
      throws IOException, InterruptedException {
    List<Integer> ports = new ArrayList<>(servers.ports());
    ports.add(api.port());
    Docker.OpenPorts open = Docker.open(ports);
    String name = "promptlab-bench-" + UUID.randomUUID();
    List<String> command = new ArrayList<>(List.of("docker", "run", "--rm", "--interactive"));
    command.addAll(List.of("--name", name, "--volume", work + ":" + WORK));
    command.addAll(options);
    lambdaVariables
        .apply(
            FunctionProcess.variables(
                servers.settings(open.host()), open.host() + ":" + api.port(), FUNCTION.handler()))
        .forEach((variable, value) -> command.addAll(List.of("--env", variable + "=" + value)));
    command.addAll(List.of("--entrypoint", "/bin/sh", image, "-c", WAITING, "sh"));
    command.addAll(program);
    FunctionProcess process =
        FunctionProcess.start(command, work, Map.of(), work.resolve("container.txt"));
    ContainerLaunch launch = new ContainerLaunch(process, name, open);
    launch.awaitWaiting();
    return launch;
  }

  /** A container that waits for the word. */
  private record ContainerLaunch(FunctionProcess process, String name, Docker.OpenPorts open)
      implements Launch {
    void awaitWaiting() throws IOException, InterruptedException {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!process.output().startsWith("waiting")) {
        if (System.nanoTime() > end) {
          close();
          throw new IOException("the container does not start: " + process.output());
        }
        Thread.sleep(PACE);
      }
    }

    @Override
    public FunctionProcess go() throws IOException {
      process.tell("go");
      return process;
    }

    @Override
    public void close() throws IOException {
      process.close();
      open.close();
      try {
        Docker.run("rm", "--force", name);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
