package dev.promptlab.bench.limiter;

import dev.promptlab.bench.Part;
import dev.promptlab.bench.PartResult;
import dev.promptlab.bench.PartResult.Better;
import dev.promptlab.bench.PartResult.Figure;
import dev.promptlab.bench.PartResult.Plot;
import dev.promptlab.bench.PartResult.Series;
import dev.promptlab.bench.PartResult.Table;
import dev.promptlab.bench.jmh.JmhRuns;
import dev.promptlab.bench.jmh.JmhRuns.Times;
import dev.promptlab.bench.jmh.Medians;
import dev.promptlab.bench.jmh.Ratios;
import dev.promptlab.local.services.LocalRedis;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code limiter}: a check of the rate limit, beside other limiters and a PING. */
public final class LimiterPart implements Part {
  private record Measured(String name, List<Times> times) {}

  @Override
  public String name() {
    return "limiter";
  }

  @Override
  public PartResult measure(int runs) throws Exception {
    Map<String, List<Times>> found;
    try (LocalRedis redis = LocalRedis.start(Optional.empty())) {
      found =
          JmhRuns.measure(
              LimiterBenchmark.class,
              runs,
              Map.of("REDIS_URL", redis.url().toString(), "REDIS_COMMAND_TIMEOUT_MS", "5000"));
    }
    Measured ping = new Measured("PING", JmhRuns.of(found, "ping"));
    Measured sortedSet = new Measured("PromptLab, sorted set", JmhRuns.of(found, "sortedSet"));
    Measured ring = new Measured("PromptLab, ring", JmhRuns.of(found, "ring"));
    Measured bucket4j = new Measured("Bucket4j on Lettuce", JmhRuns.of(found, "bucket4j"));
    Measured redisson = new Measured("Redisson's RRateLimiter", JmhRuns.of(found, "redisson"));
    List<Measured> all = List.of(ping, sortedSet, ring, redisson, bucket4j);
    return new PartResult(
        name(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        List.of(
            figure("limiter-p50", "a check, sorted set, p50", sortedSet, ping, 1.25, "× PING"),
            figure(
                "limiter-bucket4j",
                "a check, sorted set, beside Bucket4j, p50",
                sortedSet,
                bucket4j,
                1,
                "× Bucket4j"),
            figure(
                "limiter-redisson",
                "a check, sorted set, beside Redisson, p50",
                sortedSet,
                redisson,
                1,
                "× Redisson"),
            figure("limiter-ring", "a check, ring, p50", ring, sortedSet, 1, "× the sorted set")),
        List.of(table(all)),
        List.of(plot(all)),
        List.of(
            "One thread, 1,000 identities in turn on one Redis; every check is admitted, and so"
                + " written. A window (10 s) holds some hundred requests of each identity.",
            "PromptLab's limiters and Redisson's count each request of a sliding window. Bucket4j"
                + " keeps a token bucket: one number, written by comparing and setting it, which"
                + " takes two round trips.",
            "Bucket4j and PromptLab share the driver (Lettuce); Redisson has its own."));
  }

  private static Figure figure(
      String id, String what, Measured one, Measured other, double target, String unit) {
    return new Figure(
        id,
        what,
        Ratios.of(one.times(), other.times(), Times::p50),
        unit,
        Optional.of(target),
        Better.LOWER,
        true);
  }

  private static Table table(List<Measured> all) {
    List<List<String>> rows = new ArrayList<>();
    all.forEach(one -> rows.add(Medians.row(one.name(), one.times())));
    return new Table(
        "A check of the rate limit (medians of the runs)",
        List.of("", "p50, µs", "p99, µs", "allocated, bytes"),
        rows);
  }

  private static Plot plot(List<Measured> all) {
    List<String> labels = all.stream().map(Measured::name).toList();
    List<List<Times>> times = all.stream().map(Measured::times).toList();
    return new Plot(
        "limiter-latency",
        "A check of the rate limit",
        "",
        "µs",
        false,
        List.of(
            new Series("p50", labels, List.of(), Medians.of(times, Times::p50)),
            new Series("p99", labels, List.of(), Medians.of(times, Times::p99))));
  }
}
