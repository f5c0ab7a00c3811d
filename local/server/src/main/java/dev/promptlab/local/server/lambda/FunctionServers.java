package dev.promptlab.local.server.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.config.Environment;
import dev.promptlab.local.server.LocalPromptLab;
import dev.promptlab.local.server.Parts;
import dev.promptlab.local.server.RunLocalOptions;
import dev.promptlab.local.server.StartFailedException;
import dev.promptlab.local.services.StandInLlm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A running local PromptLab with a stand-in LLM, for functions in processes of their own: its
 * servers, and events that these can answer.
 */
public final class FunctionServers implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LOCAL = Pattern.compile("(?<=//|@)127\\.0\\.0\\.1:(\\d+)");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PACE = Duration.ofMillis(50);

  private final Parts parts = new Parts();
  private final HttpClient client = parts.add(HttpClient.newHttpClient());
  private final Path events;
  private final LocalPromptLab promptLab;

  private FunctionServers(Path root, boolean worker) throws StartFailedException {
    this.events = root.resolve("events");
    StandInLlm llm = parts.add(StandInLlm.start());
    try {
      this.promptLab =
          parts.add(
              LocalPromptLab.start(
                  new RunLocalOptions("127.0.0.1", 0, Optional.empty(), worker),
                  Environment.of(
                      Map.of(
                          "ANTHROPIC_BASE_URL",
                          llm.baseUrl().toString(),
                          "RATE_LIMITS",
                          "anonymous=1000000")),
                  KeySecret.generate(),
                  _ -> {}));
    } catch (StartFailedException e) {
      parts.close();
      throw e;
    }
  }

  /**
   * Starts them.
   *
   * @param root the project's folder
   * @param worker whether queued jobs are run
   */
  public static FunctionServers start(Path root, boolean worker) throws StartFailedException {
    return new FunctionServers(root, worker);
  }

  /** The functions' settings, with the time for Redis that they have on AWS. */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>(promptLab.environment());
    settings.remove("REDIS_COMMAND_TIMEOUT_MS");
    return settings;
  }

  /** The functions' settings where 127.0.0.1 has another name. */
  public Map<String, String> settings(String host) {
    Map<String, String> seen = new TreeMap<>();
    settings().forEach((name, value) -> seen.put(name, replaceLocal(value, host)));
    return seen;
  }

  private static String replaceLocal(String value, String host) {
    return LOCAL.matcher(value).replaceAll(Matcher.quoteReplacement(host) + ":$1");
  }

  /** The ports of this machine that the settings name. */
  public List<Integer> ports() {
    return settings().values().stream()
        .flatMap(value -> LOCAL.matcher(value).results())
        .map(found -> Integer.valueOf(found.group(1)))
        .distinct()
        .toList();
  }

  /** An event that is answered from the cache; what instances share of the database is fresh. */
  public String hit() throws IOException, InterruptedException {
    String event = Files.readString(events.resolve("generate.json"));
    String body = JSON.readTree(event).path("body").asText();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!post(body).path("cached").asBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("no job has ended");
      }
      Thread.sleep(PACE);
    }
    return event;
  }

  /** An event of two jobs that nobody has run, where no worker runs them. */
  public String jobs() throws IOException, InterruptedException {
    String event = Files.readString(events.resolve("jobs-batch.json"));
    for (int number = 1; number <= 2; number++) {
      String body =
          JSON.writeValueAsString(
              Map.of(
                  "templateId", "summarise",
                  "provider", "anthropic",
                  "input", "Text number " + number));
      event =
          event.replace(
              "00000000-0000-7000-8000-00000000000" + number, post(body).path("jobId").asText());
    }
    return event;
  }

  private JsonNode post(String body) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + promptLab.address().getPort() + "/generate"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException(response.body());
    }
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    parts.close();
  }
}
