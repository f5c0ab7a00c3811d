package dev.promptlab.local.server.lambda;

import dev.promptlab.local.server.StartFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code scripts/image} starts: builds a function's container image by {@code
 * functions/Dockerfile}. The image without a cache of classes runs once against a local PromptLab;
 * what the JVM keeps of this run goes into the image that is built.
 */
public final class FunctionImage {
  /**
   * What goes with an AOT cache. Without compiled adapters in it: JDK 25 takes some for others,
   * sees that, and warns at each start.
   */
  public static final List<String> CACHE_OPTIONS =
      List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTAdapterCaching");

  private static final String CACHE = "/tmp/function.aot";
  private static final String JAVA = "/var/lang/bin/java";

  private FunctionImage() {}

  /**
   * Builds one.
   *
   * @param arguments the project's folder, {@code generate} or {@code worker}, and the image's tag
   */
  public static void main(String[] arguments) throws InterruptedException {
    try {
      build(
          Path.of(arguments[0]),
          FunctionCode.valueOf(arguments[1].toUpperCase(Locale.ROOT)),
          arguments[2]);
    } catch (IOException | StartFailedException | IllegalStateException e) {
      System.err.println("image: " + e.getMessage());
      System.exit(1);
    }
  }

  /**
   * Builds one from what the build has left.
   *
   * @throws IOException if Docker does not do what it is asked for
   * @throws IllegalStateException if the function does not do what it is there for
   */
  public static void build(Path root, FunctionCode function, String tag)
      throws IOException, InterruptedException, StartFailedException {
    try (ScratchFolder scratch = ScratchFolder.in(root)) {
      Path context = scratch.path();
      function.copyAsJars(root, context);
      List<String> options = new ArrayList<>(FunctionProcess.JVM_OPTIONS);
      options.addAll(CACHE_OPTIONS);
      // Of what the function has; as Lambda's start script reserves it.
      options.add("-XX:MaxRAMPercentage=85");
      Files.write(context.resolve("java.options"), options);
      String untrained = tag + "-untrained";
      build(root, context, "untrained", untrained);
      train(root, context, function, untrained);
      build(root, context, function.label(), tag);
      Docker.run("image", "rm", untrained);
    }
  }

  private static void build(Path root, Path context, String target, String tag)
      throws IOException, InterruptedException {
    Docker.run(
        "build",
        "--file",
        root.resolve("functions/Dockerfile").toString(),
        "--build-arg",
        "BASE=" + Docker.lambdaImage(),
        "--target",
        target,
        "--tag",
        tag,
        context.toString());
  }

  private static void train(Path root, Path context, FunctionCode function, String image)
      throws IOException, InterruptedException, StartFailedException {
    try (FunctionServers servers = FunctionServers.start(root, function != FunctionCode.WORKER);
        RuntimeApi api = RuntimeApi.start()) {
      List<Integer> ports = new ArrayList<>(servers.ports());
      ports.add(api.port());
      try (Docker.OpenPorts open = Docker.open(ports)) {
        List<String> command = new ArrayList<>(List.of("run", "--detach"));
        Map<String, String> variables =
            FunctionProcess.variables(
                servers.settings(open.host()), open.host() + ":" + api.port(), function.handler());
        variables.forEach((name, value) -> command.addAll(List.of("--env", name + "=" + value)));
        command.addAll(List.of("--entrypoint", JAVA, image));
        command.addAll(
            List.of("-XX:AOTCacheOutput=" + CACHE, "@/var/task/java.options", function.handler()));
        String container = Docker.run(command.toArray(String[]::new));
        try {
          run(function, servers, api, container);
          Docker.run("cp", container + ":" + CACHE, context.resolve("function.aot").toString());
        } finally {
          Docker.run("rm", "--force", container);
        }
      }
    }
  }

  /** Until it has ended, by which the cache is written. */
  private static void run(
      FunctionCode function, FunctionServers servers, RuntimeApi api, String container)
      throws IOException, InterruptedException {
    try {
      Training.run(function, servers, api);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(e.getMessage() + "\n" + Docker.run("logs", container), e);
    }
    Docker.run("stop", "--time", "120", container);
  }
}
