package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A running {@link RunLocalProcess}, and calls of its API. */
final class PromptLabProcess implements AutoCloseable {
  private static final ObjectMapper json = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final RunLocalProcess process;
  private final String url;
  private final Map<String, String> environment;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private PromptLabProcess(RunLocalProcess process, String url, Map<String, String> environment) {
    this.process = process;
    this.url = url;
    this.environment = environment;
  }

  /** Starts one in a folder of its own. */
  static PromptLabProcess start(Path folder, Map<String, String> settings)
      throws IOException, InterruptedException {
    RunLocalProcess process =
        RunLocalProcess.start(Files.createDirectories(folder), settings, "--port", "0");
    try {
      JsonNode info = process.awaitInfo();
      Map<String, String> environment = new TreeMap<>();
      info.path("environment").forEachEntry((name, value) -> environment.put(name, value.asText()));
      String url = info.path("url").asText().replace("localhost", "127.0.0.1");
      return new PromptLabProcess(process, url, environment);
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      process.close();
      throw e;
    }
  }

  /** An answer. */
  record Reply(int status, Map<String, String> headers, String text) {
    JsonNode body() {
      try {
        return text.isEmpty() ? MissingNode.getInstance() : json.readTree(text);
      } catch (IOException e) {
        throw new UncheckedIOException(text, e);
      }
    }

    String problem() {
      return body().path("type").asText().replace("urn:promptlab:problem:", "");
    }

    String cache() {
      return headers.getOrDefault("x-cache", "none");
    }

    boolean hit() {
      return status == 200 && cache().equals("HIT");
    }

    String jobId() {
      return body().path("jobId").asText();
    }

    int templateVersion() {
      return body().path("templateVersion").asInt();
    }

    Reply expect(int expected) {
      assertThat(status).as(text).isEqualTo(expected);
      return this;
    }
  }

  /** What its functions got. */
  Map<String, String> environment() {
    return environment;
  }

  RunLocalProcess process() {
    return process;
  }

  Reply call(String method, String target, @Nullable String key, @Nullable String body) {
    return call(method, target, key, body, Map.of());
  }

  Reply call(
      String method,
      String target,
      @Nullable String key,
      @Nullable String body,
      Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + target))
            .timeout(PATIENCE)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (body != null) {
      all.put("Content-Type", "application/json");
    }
    if (key != null) {
      all.put("X-Api-Key", key);
    }
    all.putAll(headers);
    all.forEach(request::header);
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return new Reply(
          response.statusCode(),
          response.headers().map().entrySet().stream()
              .collect(Collectors.toMap(Map.Entry::getKey, header -> header.getValue().getFirst())),
          response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  Reply generate(String key, String templateId, String input) {
    return call(
        "POST",
        "/generate",
        key,
        "{\"templateId\":\"%s\",\"provider\":\"anthropic\",\"input\":\"%s\"}"
            .formatted(templateId, input));
  }

  /** Asks until the answer comes from the cache; each job's end is what paces it. */
  Reply awaitHit(String key, String templateId, String input) {
    Reply reply = generate(key, templateId, input);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!reply.hit()) {
      assertThat(reply.status()).as(reply.text()).isIn(200, 202);
      assertThat(System.nanoTime()).as("no hit in time: %s", reply.text()).isLessThan(end);
      awaitEnd(key, reply.jobId());
      reply = generate(key, templateId, input);
    }
    return reply;
  }

  /** The job once it has ended. */
  JsonNode awaitEnd(String key, String jobId) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      JsonNode job = call("GET", "/jobs/" + jobId, key, null).expect(200).body();
      if (!job.path("status").asText().matches("queued|processing")) {
        return job;
      }
      assertThat(System.nanoTime()).as("the job did not end in time: %s", job).isLessThan(end);
    }
  }

  /** Makes the next version of a template; the answer must be that it is in force. */
  int putTemplate(String admin, String templateId, String content) {
    Reply reply = call("PUT", "/templates/" + templateId, admin, template(content));
    assertThat(reply.status()).as(reply.text()).isIn(200, 201);
    return reply.body().path("version").asInt();
  }

  static String template(String content) {
    return "{\"name\":\"of a test\",\"content\":\"%s\"}".formatted(content);
  }

  /** A new key; the answer has its {@code keyId} and {@code key}. */
  JsonNode newKey(String admin, String account, String tier) {
    return call(
            "POST",
            "/api-keys",
            admin,
            "{\"account\":\"%s\",\"tier\":\"%s\"}".formatted(account, tier))
        .expect(201)
        .body();
  }

  void putTier(String admin, String account, String tier) {
    call("PUT", "/accounts/" + account, admin, "{\"tier\":\"%s\"}".formatted(tier)).expect(200);
  }

  /** At once: its servers are not its own. */
  @Override
  public void close() {
    process.kill();
  }
}
