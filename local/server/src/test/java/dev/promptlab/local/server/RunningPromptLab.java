package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.config.Environment;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.local.services.StandInLlm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A whole PromptLab for tests, with a Redis to disturb and a stand-in that counts its calls. */
final class RunningPromptLab implements AutoCloseable {
  static final String TEMPLATE = "cmjlfawzg0000pq6xyq5r78ws";

  private static final ObjectMapper json = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final AtomicInteger callers = new AtomicInteger(1);

  private final LocalRedis redis;
  private final StandInLlm llm;
  private final KeySecret adminKey;
  private final LocalPromptLab promptLab;

  private RunningPromptLab(
      LocalRedis redis, StandInLlm llm, KeySecret adminKey, LocalPromptLab promptLab) {
    this.redis = redis;
    this.llm = llm;
    this.adminKey = adminKey;
    this.promptLab = promptLab;
  }

  static RunningPromptLab start(Map<String, String> settings) {
    LocalRedis redis = LocalRedis.start(Optional.empty());
    return start(settings, redis, redis.port());
  }

  /**
   * With a Redis of the test's own, which is closed along.
   *
   * @param redisPort where PromptLab finds it: perhaps that of a proxy
   */
  static RunningPromptLab start(Map<String, String> settings, LocalRedis redis, int redisPort) {
    StandInLlm llm = StandInLlm.start();
    Map<String, String> user = new TreeMap<>(settings);
    user.put("REDIS_URL", "redis://127.0.0.1:" + redisPort);
    user.put("ANTHROPIC_BASE_URL", llm.baseUrl().toString());
    KeySecret adminKey = KeySecret.generate();
    try {
      return new RunningPromptLab(
          redis,
          llm,
          adminKey,
          LocalPromptLab.start(
              new RunLocalOptions("127.0.0.1", 0, Optional.empty(), true),
              Environment.of(user),
              adminKey,
              line -> assertThat(line).doesNotContain("\n")));
    } catch (StartFailedException e) {
      throw new IllegalStateException(e);
    }
  }

  LocalRedis redis() {
    return redis;
  }

  StandInLlm llm() {
    return llm;
  }

  String adminKey() {
    return adminKey.reveal();
  }

  LocalPromptLab promptLab() {
    return promptLab;
  }

  /** A client with an address, and so a budget, of its own; one connection at a time. */
  static HttpClient newCaller() {
    return caller(callers.incrementAndGet());
  }

  /** The client of the address {@code 127.0.<number / 250>.<…>}; not closed: it holds no thread. */
  static HttpClient caller(int number) {
    try {
      byte[] address = {127, 0, (byte) (number / 250), (byte) (number % 250 + 1)};
      return HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .localAddress(InetAddress.getByAddress(address))
          .connectTimeout(Duration.ofSeconds(10))
          .build();
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e);
    }
  }

  HttpRequest.Builder request(String target) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + promptLab.address().getPort() + target))
        .timeout(PATIENCE);
  }

  HttpRequest generate(String input) {
    return post(
        "{\"templateId\":\"%s\",\"provider\":\"anthropic\",\"input\":\"%s\"}"
            .formatted(TEMPLATE, input));
  }

  HttpRequest post(String body) {
    return request("/generate")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  static HttpResponse<String> send(HttpClient client, HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonNode body(HttpResponse<String> response) {
    try {
      return json.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(response.body(), e);
    }
  }

  /** Asks again and again; the server's answer is what paces it. */
  JsonNode awaitEnd(HttpClient client, String jobId) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      HttpResponse<String> response = send(client, request("/jobs/" + jobId).build());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      JsonNode job = body(response);
      if (!job.path("status").asText().matches("queued|processing")) {
        return job;
      }
      assertThat(System.nanoTime()).as("the job did not end in time").isLessThan(end);
    }
  }

  /** A finished job of this input, so that a POST of it is answered from the cache. */
  String completed(String input) {
    HttpClient caller = newCaller();
    String jobId = body(send(caller, generate(input))).path("jobId").asText();
    assertThat(awaitEnd(caller, jobId).path("status").asText()).isEqualTo("completed");
    return jobId;
  }

  @Override
  public void close() {
    promptLab.close();
    llm.close();
    redis.close();
  }
}
