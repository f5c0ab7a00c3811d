package dev.promptlab.bench.jmh;

import dev.promptlab.bench.jmh.JmhRuns.Times;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The middle of the runs, as tables and plots show it. */
public final class Medians {
  private Medians() {}

  /** The median of one figure; of an even number of runs the mean of the two in the middle. */
  public static double of(ToDoubleFunction<Times> figure, List<Times> runs) {
    double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The medians of several benchmarks. */
  public static List<Double> of(List<List<Times>> benchmarks, ToDoubleFunction<Times> figure) {
    return benchmarks.stream().map(runs -> of(figure, runs)).toList();
  }

  /** A table's row: p50, p99, bytes. */
  public static List<String> row(String name, List<Times> runs) {
    return List.of(
        name,
        micros(of(Times::p50, runs)),
        micros(of(Times::p99, runs)),
        String.format(Locale.ROOT, "%,.0f", of(Times::allocated, runs)));
  }

  private static String micros(double micros) {
    return String.format(Locale.ROOT, "%.1f", micros);
  }
}
