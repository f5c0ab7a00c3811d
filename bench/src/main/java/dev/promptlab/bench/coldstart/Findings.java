package dev.promptlab.bench.coldstart;

import dev.promptlab.bench.PartResult;
import dev.promptlab.bench.PartResult.Better;
import dev.promptlab.bench.PartResult.Figure;
import dev.promptlab.bench.PartResult.Plot;
import dev.promptlab.bench.PartResult.Series;
import dev.promptlab.bench.PartResult.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What was measured, as it is told. */
final class Findings {
  private static final String UNVERIFIED = "unverified";
  private static final List<String> HEADER =
      List.of(
          "start",
          "on this machine, ms",
          "target, ms",
          "CPU time, ms",
          "in Lambda's image with 0.58 CPU and 1 GB, ms",
          "on AWS, restored and billed");
  private static final List<String> NOTES =
      List.of(
          "The clock runs from the fork to the moment in which the runtime API has the answer; the event waits there"
              + " already, and another instance has just used the template, as it is while there is traffic.",
          "Primed: a process of the zip has primed itself and closed its connections, as before SnapStart's snapshot;"
              + " the clock runs from the word that it is restored. What AWS takes to restore the memory is not in it.",
          "Lambda gives a function of 1,024 MB 0.58 of a CPU while it answers, and more while it initialises.",
          "The image is not started by Lambda here, but by Docker.");

  private Findings() {}

  /**
   * The result of the part.
   *
   * @param limited empty where no Docker engine answered
   */
  static PartResult of(
      Map<Variant, Measured> free, Map<Variant, Measured> limited, Table libraries) {
    List<Figure> figures = new ArrayList<>();
    List<List<String>> rows = new ArrayList<>();
    for (Variant variant : Variant.values()) {
      Measured measured = of(free, variant);
      Figure millis =
          figure(
              variant.id(), variant.what(), measured.millis(), Optional.of(variant.targetMillis()));
      Figure cpu =
          figure(
              variant.id() + "-cpu",
              variant.what() + ": CPU time",
              measured.cpuMillis(),
              Optional.empty());
      Optional<Figure> slow =
          Optional.ofNullable(limited.get(variant))
              .map(
                  found ->
                      figure(
                          variant.id() + "-limited",
                          variant.what() + ": in Lambda's image, 0.58 CPU, 1 GB",
                          found.millis(),
                          Optional.empty()));
      figures.addAll(List.of(millis, cpu));
      slow.ifPresent(figures::add);
      rows.add(
          List.of(
              variant.what(),
              text(millis.median()),
              text(variant.targetMillis()),
              text(cpu.median()),
              slow.map(figure -> text(figure.median())).orElse("no Docker engine answered"),
              UNVERIFIED));
    }
    figures.add(ratio(Variant.APPCDS, free));
    figures.add(ratio(Variant.AOT, free));
    return new PartResult(
        "cold-start",
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        figures,
        List.of(new Table("From nothing to the first answer, a hit", HEADER, rows), libraries),
        List.of(plot(free, limited)),
        NOTES);
  }

  private static Figure figure(String id, String what, List<Double> runs, Optional<Double> target) {
    return new Figure("cold-" + id, what, runs, "ms", target, Better.LOWER, false);
  }

  /** Of each run's own zip, so that it can be compared between machines. */
  private static Figure ratio(Variant variant, Map<Variant, Measured> free) {
    List<Double> zips = of(free, Variant.ZIP).millis();
    List<Double> runs = of(free, variant).millis();
    List<Double> ratios = new ArrayList<>();
    for (int run = 0; run < runs.size(); run++) {
      ratios.add(runs.get(run) / zips.get(run));
    }
    return new Figure(
        "cold-" + variant.id() + "-to-zip",
        variant.what() + ", to the zip",
        ratios,
        "× zip",
        Optional.empty(),
        Better.LOWER,
        true);
  }

  private static Plot plot(Map<Variant, Measured> free, Map<Variant, Measured> limited) {
    List<Series> series = new ArrayList<>(List.of(bars("on this machine", free)));
    if (!limited.isEmpty()) {
      series.add(bars("in Lambda's image, 0.58 CPU", limited));
    }
    return new Plot("cold-start", "From nothing to a hit", "", "ms", true, series);
  }

  private static Series bars(String name, Map<Variant, Measured> all) {
    return new Series(
        name,
        Arrays.stream(Variant.values()).map(Variant::id).toList(),
        List.of(),
        Arrays.stream(Variant.values())
            .map(variant -> figure("", "", of(all, variant).millis(), Optional.empty()).median())
            .toList());
  }

  private static Measured of(Map<Variant, Measured> all, Variant variant) {
    return Objects.requireNonNull(all.get(variant));
  }

  private static String text(double millis) {
    return String.format(Locale.ROOT, millis < 100 ? "%.1f" : "%.0f", millis);
  }
}
