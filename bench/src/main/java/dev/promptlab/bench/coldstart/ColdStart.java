package dev.promptlab.bench.coldstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.bench.Part;
import dev.promptlab.bench.PartResult;
import dev.promptlab.bench.PartResult.Table;
import dev.promptlab.local.server.lambda.Docker;
import dev.promptlab.local.server.lambda.FunctionProcess;
import dev.promptlab.local.server.lambda.FunctionServers;
import dev.promptlab.local.server.lambda.RuntimeApi;
import dev.promptlab.local.server.lambda.ScratchFolder;
import dev.promptlab.local.server.lambda.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How long the generate function takes from the start of its process to its first answer, a hit:
 * run by Lambda's own runtime interface client, which asks an API of ours for its event, on a real
 * Redis.
 */
public final class ColdStart implements Part {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double NANOS_PER_MILLI = 1e6;

  @Override
  public String name() {
    return "cold-start";
  }

  @Override
  public PartResult measure(int runs) throws Exception {
    Path root = Path.of("").toAbsolutePath();
    try (ScratchFolder scratch = ScratchFolder.in(root);
        FunctionServers servers = FunctionServers.start(root, true)) {
      Path work = scratch.path();
      ThisMachine machine =
          new ThisMachine(root, Files.createDirectory(work.resolve("machine")), servers);
      Optional<Place> container =
          Docker.answers()
              ? Optional.of(
                  new LambdaContainer(
                      root, Files.createDirectory(work.resolve("container")), servers))
              : Optional.empty();
      Map<Variant, Measured> free = new EnumMap<>(Variant.class);
      Map<Variant, Measured> limited = new EnumMap<>(Variant.class);
      for (int run = 0; run < runs; run++) {
        for (Variant variant : Variant.values()) {
          measure(servers, machine, variant, free);
          if (container.isPresent()) {
            measure(servers, container.get(), variant, limited);
          }
        }
      }
      return Findings.of(free, limited, classLoading(servers, machine, work));
    }
  }

  private static void measure(
      FunctionServers servers, Place place, Variant variant, Map<Variant, Measured> all)
      throws IOException, InterruptedException {
    String event = servers.hit();
    try (RuntimeApi api = RuntimeApi.start();
        Place.Launch launch = place.prepare(variant, api)) {
      if (variant != Variant.PRIMED) {
        api.send(event);
      }
      long start = System.nanoTime();
      try (FunctionProcess function = launch.go()) {
        Duration cpuBefore = Duration.ZERO;
        if (variant == Variant.PRIMED) {
          require("snapshot", api.next(), function);
          cpuBefore = function.cpuTime().orElse(Duration.ZERO);
          api.send(event);
          start = System.nanoTime();
          api.restore();
        }
        RuntimeApi.Told told = require("response", api.next(), function);
        Duration cpu = function.cpuTime().orElse(Duration.ZERO).minus(cpuBefore);
        Training.requireHit(JSON.readTree(told.body()));
        Measured measured = all.computeIfAbsent(variant, _ -> new Measured());
        measured.millis().add((told.nanos() - start) / NANOS_PER_MILLI);
        measured.cpuMillis().add(cpu.toNanos() / NANOS_PER_MILLI);
        System.err.printf(
            Locale.ROOT,
            "%s %s: %.0f ms%n",
            place.getClass().getSimpleName(),
            variant.id(),
            measured.millis().getLast());
      }
    }
  }

  private static Table classLoading(FunctionServers servers, ThisMachine machine, Path work)
      throws IOException, InterruptedException {
    Path log = work.resolve("classes.txt").toAbsolutePath();
    String event = servers.hit();
    try (RuntimeApi api = RuntimeApi.start();
        Place.Launch launch = machine.prepareLogged(api, log)) {
      api.send(event);
      try (FunctionProcess function = launch.go()) {
        var _ = require("response", api.next(), function);
        return ClassLoading.table(log);
      }
    }
  }

  private static RuntimeApi.Told require(
      String what, RuntimeApi.Told told, FunctionProcess function) throws IOException {
    if (!told.what().equals(what)) {
      throw new IllegalStateException(told + "\n" + function.output());
    }
    return told;
  }
}
