package dev.promptlab.bench.report;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.promptlab.bench.PartResult;
import dev.promptlab.bench.PartResult.Better;
import dev.promptlab.bench.PartResult.Figure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares the figures that are ratios within one run with those that are stored: times differ
 * between machines, ratios hardly.
 */
public final class Check {
  /** These machines are noisy. */
  private static final double TOLERANCE = 1.25;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Check() {}

  /** Stores the figures, to be compared with later. */
  public static void store(List<PartResult> results, Path file) throws IOException {
    Map<String, Double> ratios = new TreeMap<>();
    compared(results).forEach((id, figure) -> ratios.put(id, figure.median()));
    JSON.writeValue(file.toFile(), ratios);
  }

  /**
   * Prints a line for each figure that is compared.
   *
   * @return whether none is worse than the stored one by more than a quarter
   */
  public static boolean passes(List<PartResult> results, Path file) throws IOException {
    Map<String, Double> stored = JSON.readValue(file.toFile(), new TypeReference<>() {});
    boolean good = true;
    for (Map.Entry<String, Figure> entry : compared(results).entrySet()) {
      Figure figure = entry.getValue();
      Double before = stored.get(entry.getKey());
      if (before == null) {
        System.out.printf("new     %s: %.2f%n", figure.what(), figure.median());
        continue;
      }
      double worse =
          figure.better() == Better.LOWER ? figure.median() / before : before / figure.median();
      boolean passed = worse <= TOLERANCE;
      good &= passed;
      System.out.printf(
          "%s  %s: %.2f, stored %.2f%n",
          passed ? "ok    " : "WORSE ", figure.what(), figure.median(), before);
    }
    return good;
  }

  private static Map<String, Figure> compared(List<PartResult> results) {
    Map<String, Figure> compared = new TreeMap<>(Report.byId(results));
    compared.values().removeIf(figure -> !figure.compared());
    return compared;
  }
}
