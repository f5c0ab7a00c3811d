package dev.promptlab.bench.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code scripts/run-local}, as a user starts it, in this checkout. */
public final class RunLocalServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Path INFO = Path.of(".local/run-local.json");

  private final Process process;
  private final URI url;
  private final String adminKey;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private RunLocalServer(Process process, URI url, String adminKey) {
    this.process = process;
    this.url = url;
    this.adminKey = adminKey;
  }

  /** Starts it, and waits until it answers. */
  public static RunLocalServer start(Map<String, String> settings)
      throws IOException, InterruptedException {
    Files.deleteIfExists(INFO);
    ProcessBuilder builder =
        new ProcessBuilder("scripts/run-local", "--port", "0", "--quiet")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(settings);
    Process process = builder.start();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(INFO)) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        process.destroy();
        throw new IOException("scripts/run-local did not start");
      }
    }
    JsonNode info = new ObjectMapper().readTree(INFO.toFile());
    return new RunLocalServer(
        process,
        URI.create(info.path("url").asText()),
        Files.readString(Path.of(".local/admin-key")).strip());
  }

  public int port() {
    return url.getPort();
  }

  public String adminKey() {
    return adminKey;
  }

  /** CPU time of the JVM so far, and of its Redis; not of PostgreSQL. */
  public Duration cpuTime() {
    return parts()
        .map(part -> part.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Resident memory of the JVM and its Redis, in bytes; not of PostgreSQL. */
  public long residentBytes() {
    return parts().mapToLong(RunLocalServer::residentBytes).sum();
  }

  private Stream<ProcessHandle> parts() {
    return Stream.concat(
        Stream.of(process.toHandle()),
        process
            .toHandle()
            .descendants()
            .filter(child -> child.info().command().orElse("").contains("redis-server")));
  }

  private static long residentBytes(ProcessHandle of) {
    try (var lines = Files.lines(Path.of("/proc/" + of.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .sum();
    } catch (IOException _) {
      return 0;
    }
  }

  /** A request as an admin makes it. */
  public HttpResponse<String> call(String method, String path, String json)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve(path))
            .header("X-Api-Key", adminKey)
            .header("Content-Type", "application/json")
            .method(
                method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  /** The sum of a counter over its labels. */
  public long counted(String counter) throws IOException, InterruptedException {
    return call("GET", "/metrics", "")
        .body()
        .lines()
        .filter(line -> line.startsWith(counter + "{") || line.startsWith(counter + " "))
        .mapToLong(line -> Long.parseLong(List.of(line.split(" ")).getLast()))
        .sum();
  }

  /** A body for {@code POST /generate}, of the template that each installation begins with. */
  public static String body(String input) {
    return "{\"templateId\":\"cmjlfawzg0000pq6xyq5r78ws\",\"provider\":\"anthropic\",\"input\":\"%s\"}"
        .formatted(input);
  }

  /** Has a job made of this input, and waits for its end. */
  public void complete(String input) throws IOException, InterruptedException {
    for (HttpResponse<String> reply = call("POST", "/generate", body(input));
        !reply.headers().firstValue("X-Cache").orElse("").equals("HIT");
        reply = call("POST", "/generate", body(input))) {
      if (reply.statusCode() / 100 != 2) {
        throw new IOException(reply.body());
      }
      Thread.sleep(100);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
