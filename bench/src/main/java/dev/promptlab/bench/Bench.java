package dev.promptlab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.promptlab.bench.http.HttpPart;
import dev.promptlab.bench.worker.WorkerPart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What {@code scripts/bench} starts: measures parts, and keeps what they found. */
public final class Bench {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new Jdk8Module())
          .enable(SerializationFeature.INDENT_OUTPUT);

  /** In the order in which they are run and told. */
  private static final List<Part> PARTS = List.of(new HttpPart(), new WorkerPart());

  private Bench() {}

  /**
   * Measures the parts that are named.
   *
   * @param arguments the folder for the results, the number of runs, then names of parts
   */
  public static void main(String[] arguments) throws Exception {
    Path results = Files.createDirectories(Path.of(arguments[0]));
    int runs = Integer.parseInt(arguments[1]);
    List<String> names = List.of(arguments).subList(2, arguments.length);
    for (Part part : PARTS) {
      if (names.contains(part.name())) {
        System.err.println("== " + part.name());
        PartResult result = part.measure(runs);
        JSON.writeValue(results.resolve(part.name() + ".json").toFile(), result);
      }
    }
  }
}
