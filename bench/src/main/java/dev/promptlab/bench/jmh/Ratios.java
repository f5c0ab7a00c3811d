package dev.promptlab.bench.jmh;

import dev.promptlab.bench.jmh.JmhRuns.Times;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Comparisons within each run, which the noise between runs does not touch. */
public final class Ratios {
  private Ratios() {}

  /** In each run, one benchmark's figure over the other's. */
  public static List<Double> of(
      List<Times> one, List<Times> other, ToDoubleFunction<Times> figure) {
    return IntStream.range(0, one.size())
        .mapToObj(run -> figure.applyAsDouble(one.get(run)) / figure.applyAsDouble(other.get(run)))
        .toList();
  }

  /** The figure of each run. */
  public static List<Double> each(List<Times> times, ToDoubleFunction<Times> figure) {
    return times.stream().mapToDouble(figure).boxed().toList();
  }
}
