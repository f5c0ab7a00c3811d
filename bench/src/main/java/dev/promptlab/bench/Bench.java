package dev.promptlab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.promptlab.bench.coldstart.ColdStart;
import dev.promptlab.bench.growth.GrowthPart;
import dev.promptlab.bench.hit.HitPart;
import dev.promptlab.bench.http.HttpPart;
import dev.promptlab.bench.limiter.LimiterPart;
import dev.promptlab.bench.report.Check;
import dev.promptlab.bench.report.Report;
import dev.promptlab.bench.worker.WorkerPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code scripts/bench} starts: measures parts, keeps what they found, and tells it. */
public final class Bench {
  private static final Path RESULTS = Path.of(".local/bench");
  private static final Path RATIOS = Path.of("bench/ratios.json");
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new Jdk8Module())
          .enable(SerializationFeature.INDENT_OUTPUT);

  /** In the order in which they are run and told. */
  private static final List<Part> PARTS =
      List.of(
          new HitPart(),
          new LimiterPart(),
          new GrowthPart(),
          new HttpPart(),
          new WorkerPart(),
          new ColdStart());

  private Bench() {}

  /**
   * Does what the first argument says: {@code measure RUNS PART...} measures, {@code report} writes
   * the page and the ratios of what was measured, {@code check} compares these with the stored ones
   * and ends with 1 if they are worse.
   */
  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    switch (words.getFirst()) {
      case "measure" -> measure(Integer.parseInt(words.get(1)), words.subList(2, words.size()));
      case "report" -> {
        Report.write(results(), Path.of("docs"));
        Check.store(results(), RATIOS);
      }
      case "check" -> System.exit(Check.passes(results(), RATIOS) ? 0 : 1);
      default -> throw new IllegalArgumentException(words.getFirst());
    }
  }

  private static void measure(int runs, List<String> names) throws Exception {
    Files.createDirectories(RESULTS);
    for (Part part : PARTS) {
      if (names.contains(part.name())) {
        System.err.println("== " + part.name());
        JSON.writeValue(file(part).toFile(), part.measure(runs));
      }
    }
  }

  private static Path file(Part part) {
    return RESULTS.resolve(part.name() + ".json");
  }

  /** Of the parts that have been measured. */
  private static List<PartResult> results() throws IOException {
    List<PartResult> results = new ArrayList<>();
    for (Part part : PARTS) {
      if (Files.exists(file(part))) {
        results.add(JSON.readValue(file(part).toFile(), PartResult.class));
      }
    }
    return results;
  }
}
