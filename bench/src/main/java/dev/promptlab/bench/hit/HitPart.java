package dev.promptlab.bench.hit;

import static dev.promptlab.bench.jmh.Ratios.each;

import dev.promptlab.bench.Part;
import dev.promptlab.bench.PartResult;
import dev.promptlab.bench.PartResult.Better;
import dev.promptlab.bench.PartResult.Figure;
import dev.promptlab.bench.PartResult.Plot;
import dev.promptlab.bench.PartResult.Series;
import dev.promptlab.bench.PartResult.Table;
import dev.promptlab.bench.inprocess.BenchResults;
import dev.promptlab.bench.inprocess.BenchServers;
import dev.promptlab.bench.inprocess.PatientRedis;
import dev.promptlab.bench.jmh.JmhRuns;
import dev.promptlab.bench.jmh.JmhRuns.Times;
import dev.promptlab.bench.jmh.Medians;
import dev.promptlab.bench.jmh.Ratios;
import dev.promptlab.config.Environment;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.redis.RedisConnection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code hit}: the handler on a hit, in process, over a real Redis, beside a PING. */
public final class HitPart implements Part {
  static final int CALLERS = 100;
  static final int INPUTS = 100;
  static final int SMALL = 2048;
  static final int LARGE = 32768;
  private static final double MOST_ALLOCATED = 40 * 1024;

  @Override
  public String name() {
    return "hit";
  }

  /** Inputs of each size have numbers of their own. */
  static int firstInput(int outputBytes) {
    return outputBytes * INPUTS;
  }

  @Override
  public PartResult measure(int runs) throws Exception {
    Map<String, List<Times>> found;
    try (BenchServers servers =
        BenchServers.start(
            Map.of("RATE_LIMITS", "enterprise=1000000", "RATE_LIMIT_WINDOW_SECONDS", "1"))) {
      servers.addKeys(CALLERS);
      fill(servers.environment());
      found = JmhRuns.measure(HitBenchmark.class, runs, servers.environment());
    }
    List<Times> ping = JmhRuns.of(found, "ping");
    List<Times> small = JmhRuns.of(found, "small");
    List<Times> large = JmhRuns.of(found, "large");
    List<Figure> figures = new ArrayList<>();
    figures.addAll(figures("2k", "2 KiB", small, ping, true));
    figures.addAll(figures("32k", "32 KiB", large, ping, false));
    return new PartResult(
        name(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        figures,
        List.of(times(ping, small, large), Profile.table()),
        List.of(plot(ping, small, large)),
        List.of(
            "The handler's own method is called in process, with an event as API Gateway makes it"
                + " and a key in its headers; what the gateway and Lambda's runtime do is not in it.",
            "Callers are %d accounts in turn and inputs %d, so that a window (1 s here, without a"
                    .formatted(CALLERS, INPUTS)
                + " limit that bites) holds between 100 and 200 requests, as one of the tiers pro"
                + " (100) and enterprise (1,000) does that is full.",
            "Outputs are stored compressed with Brotli, to about a third.",
            "PING goes over a connection of the same driver (Lettuce), and is awaited in the same"
                + " way, by one thread.",
            "Allocation is that of all threads of the JVM, the driver's too."));
  }

  private static void fill(Map<String, String> environment) {
    try (RedisConnection redis =
        PatientRedis.connect(RedisSettings.of(Environment.of(environment)))) {
      for (int size : new int[] {SMALL, LARGE}) {
        for (int i = 0; i < INPUTS; i++) {
          BenchResults.put(redis, firstInput(size) + i, size);
        }
      }
    }
  }

  private static List<Figure> figures(
      String id, String size, List<Times> hit, List<Times> ping, boolean targets) {
    return List.of(
        new Figure(
            "hit-" + id + "-p50",
            "handler on a hit of " + size + ", p50",
            Ratios.of(hit, ping, Times::p50),
            "× PING",
            target(2.0, targets),
            Better.LOWER,
            true),
        new Figure(
            "hit-" + id + "-p99",
            "handler on a hit of " + size + ", p99",
            Ratios.of(hit, ping, Times::p99),
            "× PING's p99",
            target(3.0, targets),
            Better.LOWER,
            true),
        new Figure(
            "hit-" + id + "-allocated",
            "allocated on a hit of " + size,
            each(hit, Times::allocated),
            "bytes",
            target(MOST_ALLOCATED, targets),
            Better.LOWER,
            true));
  }

  private static Optional<Double> target(double value, boolean given) {
    return given ? Optional.of(value) : Optional.empty();
  }

  private static Table times(List<Times> ping, List<Times> small, List<Times> large) {
    return new Table(
        "A hit in the function, beside Redis's own round trip (medians of the runs)",
        List.of("", "p50, µs", "p99, µs", "allocated, bytes"),
        List.of(
            Medians.row("PING", ping),
            Medians.row("hit of 2 KiB", small),
            Medians.row("hit of 32 KiB", large)));
  }

  private static Plot plot(List<Times> ping, List<Times> small, List<Times> large) {
    List<String> labels = List.of("PING", "hit of 2 KiB", "hit of 32 KiB");
    List<List<Times>> all = List.of(ping, small, large);
    return new Plot(
        "hit-latency",
        "A hit in the function, beside Redis's own round trip",
        "",
        "µs",
        false,
        List.of(
            new Series("p50", labels, List.of(), Medians.of(all, Times::p50)),
            new Series("p99", labels, List.of(), Medians.of(all, Times::p99))));
  }
}
