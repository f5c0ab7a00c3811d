package dev.promptlab.bench.growth;

import dev.promptlab.bench.Part;
import dev.promptlab.bench.PartResult;
import dev.promptlab.bench.PartResult.Better;
import dev.promptlab.bench.PartResult.Figure;
import dev.promptlab.bench.PartResult.Plot;
import dev.promptlab.bench.PartResult.Series;
import dev.promptlab.bench.PartResult.Table;
import dev.promptlab.bench.inprocess.BenchServers;
import dev.promptlab.bench.jmh.JmhRuns;
import dev.promptlab.bench.jmh.JmhRuns.Times;
import dev.promptlab.bench.jmh.Medians;
import dev.promptlab.bench.jmh.Ratios;
import dev.promptlab.local.services.LocalRedis;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.openjdk.jmh.runner.RunnerException;

/**
 * {@code growth}: whether a request takes as long when there is much in Redis, and how much that
 * is.
 */
public final class GrowthPart implements Part {
  private static final double MOST_GROWTH = 1.3;

  @Override
  public String name() {
    return "growth";
  }

  @Override
  public PartResult measure(int runs) throws Exception {
    Table memory = MemoryUse.measure();
    Map<String, List<Times>> found = times(runs);
    List<List<Times>> hits =
        List.of(
            JmhRuns.of(found, "hitOne"),
            JmhRuns.of(found, "hitThousand"),
            JmhRuns.of(found, "hitMillion"));
    List<List<Times>> checks =
        List.of(
            JmhRuns.of(found, "checkOne"),
            JmhRuns.of(found, "checkThousand"),
            JmhRuns.of(found, "checkMillion"));
    return new PartResult(
        name(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        List.of(
            figure("growth-hit-thousand", "a hit, 10³ identities and results, p50", hits, 1),
            figure("growth-hit-million", "a hit, 10⁶ identities and results, p50", hits, 2),
            figure("growth-check-thousand", "a check, 10³ identities, p50", checks, 1),
            figure("growth-check-million", "a check, 10⁶ identities, p50", checks, 2)),
        List.of(table(hits, checks), memory),
        List.of(
            new Plot(
                "growth",
                "Time of a request by what there is in Redis (p50)",
                "identities and cached results",
                "µs",
                false,
                List.of(series("hit", hits), series("check of the limit", checks)))),
        List.of(
            "Each level has a Redis of its own, filled before the first run: with that many"
                + " identities of one request each, and as many results of 2 KiB. Requests come"
                + " from any identity, at random.",
            "Of the million results %,d are asked for; the others are copies of them under other"
                    .formatted(Level.MOST_INPUTS)
                + " keys.",
            "At the first level all requests are one identity's, which then has the thousands of a"
                + " whole second in its window: the shortest that can be set.",
            "Memory is the growth of Redis's used_memory by 1,024 keys, divided by these."));
  }

  private static Map<String, List<Times>> times(int runs) throws RunnerException {
    Deque<LocalRedis> started = new ArrayDeque<>();
    try (BenchServers servers = BenchServers.start(Map.of())) {
      Map<String, String> settings = new TreeMap<>(servers.environment());
      for (Level level : Level.values()) {
        LocalRedis redis = LocalRedis.start(Optional.empty());
        started.push(redis);
        fill(redis, level);
        settings.put(level.urlSetting(), redis.url().toString());
      }
      return JmhRuns.measure(GrowthBenchmark.class, runs, settings);
    } finally {
      started.forEach(LocalRedis::close);
    }
  }

  private static void fill(LocalRedis redis, Level level) {
    long start = System.nanoTime();
    try (Filling filling = new Filling(redis.url())) {
      filling.identities(level.limit(), level.identities());
      filling.results(level.inputs(), level.results());
    }
    System.err.printf(
        Locale.ROOT, "filled: %s, in %.1f s%n", level, (System.nanoTime() - start) / 1e9);
  }

  private static Figure figure(String id, String what, List<List<Times>> levels, int level) {
    return new Figure(
        id,
        what,
        Ratios.of(levels.get(level), levels.getFirst(), Times::p50),
        "× with one",
        Optional.of(MOST_GROWTH),
        Better.LOWER,
        true);
  }

  private static Table table(List<List<Times>> hits, List<List<Times>> checks) {
    return new Table(
        "Time of a request by what there is in Redis (medians of the runs)",
        List.of("", "p50, µs", "p99, µs", "allocated, bytes"),
        List.of(
            Medians.row("hit, 1 identity and result", hits.get(0)),
            Medians.row("hit, 10³ identities and results", hits.get(1)),
            Medians.row("hit, 10⁶ identities and results", hits.get(2)),
            Medians.row("check, 1 identity", checks.get(0)),
            Medians.row("check, 10³ identities", checks.get(1)),
            Medians.row("check, 10⁶ identities and results", checks.get(2))));
  }

  private static Series series(String name, List<List<Times>> levels) {
    return new Series(name, List.of("1", "10³", "10⁶"), List.of(), Medians.of(levels, Times::p50));
  }
}
