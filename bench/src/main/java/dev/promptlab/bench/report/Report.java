package dev.promptlab.bench.report;

import dev.promptlab.bench.PartResult;
import dev.promptlab.bench.PartResult.Better;
import dev.promptlab.bench.PartResult.Figure;
import dev.promptlab.bench.PartResult.Plot;
import dev.promptlab.bench.PartResult.Table;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes {@code docs/performance.md} and its plots. The words about a part are in {@code
 * report/<part>.md} among the resources: what it shows, why a target was missed, what was done.
 */
public final class Report {
  private final Path docs;
  private final StringBuilder page = new StringBuilder();

  private Report(Path docs) {
    this.docs = docs;
  }

  /**
   * Writes the page and its plots.
   *
   * @param docs the folder of the page
   * @throws IOException if it cannot be written
   */
  public static void write(List<PartResult> results, Path docs) throws IOException {
    new Report(docs).write(results);
  }

  private void write(List<PartResult> results) throws IOException {
    Path plots = Files.createDirectories(docs.resolve("performance"));
    page.append(text("introduction"));
    line("Measured on: " + Machine.description() + ".");
    line("## Targets");
    List<List<String>> rows = new ArrayList<>();
    for (PartResult result : results) {
      result.figures().stream()
          .filter(figure -> figure.target().isPresent())
          .forEach(figure -> rows.add(row(figure)));
    }
    table(List.of("what", "median", "of runs", "target", "reached"), rows);
    for (PartResult result : results) {
      part(result, plots);
    }
    line(Cost.section(results));
    Files.writeString(docs.resolve("performance.md"), page.toString().stripTrailing() + "\n");
  }

  private void part(PartResult result, Path plots) throws IOException {
    line("## " + text(result.part()).strip());
    line("Measured at " + result.at() + " with `scripts/bench " + result.part() + "`.");
    List<List<String>> others =
        result.figures().stream()
            .filter(figure -> figure.target().isEmpty())
            .map(
                figure ->
                    List.of(
                        figure.what(),
                        number(figure.median()) + " " + figure.unit(),
                        spread(figure)))
            .toList();
    if (!others.isEmpty()) {
      table(List.of("what", "median", "of runs"), others);
    }
    for (Table table : result.tables()) {
      line(table.title() + ":");
      table(table.header(), table.rows());
    }
    for (Plot plot : result.plots()) {
      Files.writeString(plots.resolve(plot.id() + ".svg"), SvgPlot.draw(plot));
      line("![%s](performance/%s.svg)".formatted(plot.title(), plot.id()));
    }
    line(String.join("\n", result.notes().stream().map(note -> "- " + note).toList()));
  }

  private static List<String> row(Figure figure) {
    double target = figure.target().orElseThrow();
    String sign = figure.better() == Better.LOWER ? "≤ " : "≥ ";
    double by =
        figure.better() == Better.LOWER ? figure.median() / target : target / figure.median();
    return List.of(
        figure.what(),
        number(figure.median()) + " " + figure.unit(),
        spread(figure),
        sign + number(target),
        figure.reached().orElseThrow() ? "yes" : "**no**, by %.0f %%".formatted((by - 1) * 100));
  }

  private static String spread(Figure figure) {
    return number(figure.runs().stream().mapToDouble(it -> it).min().orElseThrow())
        + " – "
        + number(figure.runs().stream().mapToDouble(it -> it).max().orElseThrow());
  }

  static String number(double value) {
    String format =
        value >= 100 || value == Math.rint(value) ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, value < 0.1 && value > 0 ? "%.4f" : format, value);
  }

  private void table(List<String> header, List<List<String>> rows) {
    List<String> lines = new ArrayList<>();
    lines.add("| " + String.join(" | ", header) + " |");
    lines.add("|" + "---|".repeat(header.size()));
    rows.forEach(row -> lines.add("| " + String.join(" | ", row) + " |"));
    line(String.join("\n", lines));
  }

  private void line(String text) {
    page.append(text.strip()).append("\n\n");
  }

  private static String text(String name) throws IOException {
    try (InputStream in = Report.class.getResourceAsStream(name + ".md")) {
      if (in == null) {
        throw new IOException("there are no words about " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** All figures by their ids. */
  static Map<String, Figure> byId(List<PartResult> results) {
    Map<String, Figure> all = new TreeMap<>();
    results.forEach(result -> result.figures().forEach(figure -> all.put(figure.id(), figure)));
    return all;
  }
}
