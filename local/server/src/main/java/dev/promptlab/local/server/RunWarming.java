package dev.promptlab.local.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.config.Environment;
import dev.promptlab.local.server.function.LambdaContext;
import dev.promptlab.worker.warming.CacheWarmingHandler;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * The program behind {@code scripts/warm}: runs the warming once, in this JVM, on the servers of a
 * running {@link RunLocal}, and prints its report. A run that fails is one line on standard error
 * and exit code 1.
 */
public final class RunWarming {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final ObjectMapper json = new ObjectMapper();

  private RunWarming() {}

  /** Takes the file of {@link RunInfo} and the name of the Redis to warm. */
  public static void main(String[] arguments) throws IOException {
    PrintStream out = System.out;
    // What is logged is not the report.
    System.setOut(System.err);
    Environment environment = environment(Path.of(arguments[0]));
    System.exit(run(environment, Map.of("redis", arguments[1]), out));
  }

  private static Environment environment(Path info) throws IOException {
    JsonNode variables = json.readTree(info.toFile()).path("environment");
    Map<String, String> environment = new TreeMap<>();
    variables.forEachEntry((name, value) -> environment.put(name, value.asText()));
    return Environment.of(environment);
  }

  private static int run(Environment environment, Map<String, Object> event, PrintStream out)
      throws JsonProcessingException {
    try (CacheWarmingHandler handler = new CacheWarmingHandler(environment)) {
      Map<String, Object> report =
          handler.handleRequest(event, new LambdaContext("promptlab-cache-warming", 512, TIMEOUT));
      out.println(json.writeValueAsString(report));
      return 0;
    } catch (RuntimeException e) {
      System.err.println("warm: " + e.getMessage());
      return 1;
    }
  }
}
