package dev.promptlab.bench.http;

import dev.promptlab.bench.Part;
import dev.promptlab.bench.PartResult;
import dev.promptlab.bench.PartResult.Better;
import dev.promptlab.bench.PartResult.Figure;
import dev.promptlab.bench.PartResult.Plot;
import dev.promptlab.bench.PartResult.Series;
import dev.promptlab.bench.PartResult.Table;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Hits over HTTP, with a key, the limit and the cache; and equal requests at the same time. */
public final class HttpPart implements Part {
  private static final int CONNECTIONS = 64;
  private static final Duration WARM_UP = Duration.ofSeconds(12);
  private static final Duration LENGTH = Duration.ofSeconds(5);
  private static final List<Integer> RATES = List.of(500, 1_000, 2_000, 3_000, 4_000, 5_000);

  /**
   * The limiter does its work, but refuses nobody: a window of a second keeps its set as small as
   * it is in use.
   */
  private static final Map<String, String> SETTINGS =
      Map.of("RATE_LIMITS", "enterprise=1000000", "RATE_LIMIT_WINDOW_SECONDS", "1");

  @Override
  public String name() {
    return "http";
  }

  /** One run's figures. */
  private record Run(
      Load.Outcome one, Load.Outcome many, double cpuMillis, double residentMb, long burstCalls) {}

  @Override
  public PartResult measure(int runs) throws IOException, InterruptedException {
    List<Run> measured = new ArrayList<>();
    List<Load.Outcome> atRates = new ArrayList<>();
    try (RunLocalServer server = RunLocalServer.start(SETTINGS)) {
      server.complete("a hit");
      Load load =
          new Load(
              server.port(),
              HttpConnection.post("/generate", server.adminKey(), RunLocalServer.body("a hit")));
      var _ = load.asFastAsPossible(CONNECTIONS, WARM_UP);
      for (int run = 0; run < runs; run++) {
        measured.add(run(server, load, run));
      }
      for (int rate : RATES) {
        atRates.add(load.atRate(CONNECTIONS, rate, LENGTH));
      }
    }
    return new PartResult(
        name(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        figures(measured),
        List.of(table(atRates)),
        List.of(plot(atRates)),
        List.of(
            "The load generator runs on the same processors and takes its part of them.",
            "CPU time and memory are those of the JVM and of its Redis; PostgreSQL is left out, a hit does not use it.",
            "The limiter's window is a second here and its limit never reached, so that its set holds what a busy caller's holds.",
            "Requests at a rate are timed from when they were due."));
  }

  private static Run run(RunLocalServer server, Load load, int number)
      throws IOException, InterruptedException {
    Load.Outcome one = load.atRate(1, 400, LENGTH);
    Duration cpuBefore = server.cpuTime();
    Load.Outcome many = load.asFastAsPossible(CONNECTIONS, LENGTH);
    Duration cpu = server.cpuTime().minus(cpuBefore);
    long callsBefore = settled(server);
    Load burst =
        new Load(
            server.port(),
            HttpConnection.post(
                "/generate",
                server.adminKey(),
                RunLocalServer.body("nobody has asked this before, run " + number)));
    var _ = burst.burst(CONNECTIONS);
    server.complete("nobody has asked this before, run " + number);
    return new Run(
        one,
        many,
        cpu.toNanos() / 1e6 / many.latencies().getTotalCount(),
        server.residentBytes() / 1e6,
        settled(server) - callsBefore);
  }

  /** Counts travel about once a second. */
  private static long settled(RunLocalServer server) throws IOException, InterruptedException {
    Thread.sleep(1_500);
    return server.counted("llm_calls_total");
  }

  private static List<Figure> figures(List<Run> runs) {
    return List.of(
        figure(
            "http-p50",
            "one connection, p50",
            runs,
            it -> it.one().millis(50),
            "ms",
            0.45,
            Better.LOWER),
        figure(
            "http-throughput",
            "64 connections",
            runs,
            it -> it.many().perSecond(),
            "requests/s",
            5_000.0,
            Better.HIGHER),
        figure(
            "http-cpu",
            "64 connections, CPU time",
            runs,
            Run::cpuMillis,
            "ms a request",
            0.30,
            Better.LOWER),
        figure(
            "http-rss",
            "memory, without PostgreSQL",
            runs,
            Run::residentMb,
            "MB",
            300.0,
            Better.LOWER),
        figure(
            "http-burst",
            "LLM calls of 64 equal requests at once",
            runs,
            Run::burstCalls,
            "calls",
            1.0,
            Better.LOWER));
  }

  private static Figure figure(
      String id,
      String what,
      List<Run> runs,
      ToDoubleFunction<Run> value,
      String unit,
      double target,
      Better better) {
    return new Figure(
        id,
        what,
        runs.stream().mapToDouble(value).boxed().toList(),
        unit,
        Optional.of(target),
        better,
        id.equals("http-burst"));
  }

  private static Table table(List<Load.Outcome> atRates) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < RATES.size(); i++) {
      Load.Outcome outcome = atRates.get(i);
      rows.add(
          List.of(
              RATES.get(i).toString(),
              "%.0f".formatted(outcome.perSecond()),
              Long.toString(outcome.refused()),
              millis(outcome.millis(50)),
              millis(outcome.millis(90)),
              millis(outcome.millis(99)),
              millis(outcome.millis(99.9))));
    }
    return new Table(
        "Hits at a constant rate, 64 connections (ms)",
        List.of(
            "due a second", "answered a second", "refused with 503", "p50", "p90", "p99", "p99.9"),
        rows);
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static Plot plot(List<Load.Outcome> atRates) {
    List<Double> x = RATES.stream().map(Integer::doubleValue).toList();
    List<Series> series = new ArrayList<>();
    for (double percentile : new double[] {50, 90, 99}) {
      series.add(
          new Series(
              "p%.0f".formatted(percentile),
              List.of(),
              x,
              atRates.stream().map(it -> it.millis(percentile)).toList()));
    }
    return new Plot(
        "http-latency",
        "Hits over HTTP at a constant rate",
        "requests a second",
        "ms",
        true,
        series);
  }
}
