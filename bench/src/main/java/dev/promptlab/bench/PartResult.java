package dev.promptlab.bench;

import java.util.List;
import java.util.Optional;

/**
 * What one part of the benchmark has found: kept as JSON in {@code .local/bench}, one file a part,
 * until the report is made of all of them.
 *
 * @param part its name, as in {@code scripts/bench PART}
 * @param at when it was measured, as 2026-01-31T12:00:00Z
 * @param notes what a reader must know of how it was measured, a sentence each
 */
public record PartResult(
    String part,
    String at,
    List<Figure> figures,
    List<Table> tables,
    List<Plot> plots,
    List<String> notes) {

  /** Which way is good. */
  public enum Better {
    LOWER,
    HIGHER
  }

  /**
   * One figure that has a target, or that {@code scripts/bench --check} compares.
   *
   * @param id for the comparison with stored figures, as {@code hit-2k-p50}
   * @param what in words
   * @param runs the figure of each run; what counts is their median
   * @param unit as {@code × PING}, {@code ms}, {@code requests/s}
   * @param target empty: there is none
   * @param compared whether it is a ratio within one run, which {@code --check} may compare between
   *     machines
   */
  public record Figure(
      String id,
      String what,
      List<Double> runs,
      String unit,
      Optional<Double> target,
      Better better,
      boolean compared) {

    /** The middle one, or the mean of the two in the middle. */
    public double median() {
      List<Double> sorted = runs.stream().sorted().toList();
      int middle = sorted.size() / 2;
      return sorted.size() % 2 == 1
          ? sorted.get(middle)
          : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Whether it is as good as its target. */
    public Optional<Boolean> reached() {
      return target.map(it -> better == Better.LOWER ? median() <= it : median() >= it);
    }
  }

  /** A table as it is shown. */
  public record Table(String title, List<String> header, List<List<String>> rows) {}

  /**
   * A plot as it is drawn.
   *
   * @param id the name of its file, as {@code hit-latency}
   * @param logarithmic whether the y axis is
   */
  public record Plot(
      String id,
      String title,
      String xLabel,
      String yLabel,
      boolean logarithmic,
      List<Series> series) {}

  /**
   * A line of a plot, or with labels its bars.
   *
   * @param labels of the points; empty: they are at {@code x}
   */
  public record Series(String name, List<String> labels, List<Double> x, List<Double> y) {}
}
