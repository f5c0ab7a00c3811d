package dev.promptlab.local.server.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.aws.AwsClients;
import dev.promptlab.config.Environment;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.local.server.function.LambdaContext;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import dev.promptlab.ratelimit.redis.RedisRateLimiter;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.worker.sweep.JobSweepHandler;
import dev.promptlab.worker.warming.CacheWarmingHandler;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** All that makes a key, a message or a count, done once with a PromptLab. */
final class Story implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final ObjectMapper json = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final ObservedPromptLab promptLab = new ObservedPromptLab(this::answer);

  private String answer(String prompt) {
    if (prompt.contains("held")) {
      asked.countDown();
      await(released);
    }
    if (prompt.contains("parked")) {
      promptLab.query("alter function complete_job rename to complete_job_gone");
    }
    return "The answer to: " + prompt;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  ObservedPromptLab promptLab() {
    return promptLab;
  }

  /** A job that is waited for, a hit, and what is counted and copied for them. */
  void generate() throws Exception {
    CompletableFuture<HttpResponse<String>> held =
        http.sendAsync(
            admin(generate("a held question")).header("Prefer", "wait=20").build(),
            BodyHandlers.ofString());
    await(asked);
    until(() -> promptLab.keys().containsKey("promptlab:waiters"));
    released.countDown();
    JsonNode job = json.readTree(held.get().body());
    assertThat(job.path("status").asText()).isEqualTo("completed");
    assertThat(send(generate("a held question")).headers().firstValue("x-cache")).hasValue("HIT");
    send(request("/jobs/" + job.path("jobId").asText()));
    assertThat(send(key(request("/account"), "no-key-of-this-PromptLab-".repeat(2))).statusCode())
        .isEqualTo(401);
    send(key(request("/account"), keyOfALongName()));
    promptLab.look();
    invalidate(job.path("inputHash").asText());
  }

  private String keyOfALongName() throws IOException {
    HttpResponse<String> made =
        send(
            admin(
                post(
                    "/api-keys",
                    "{\"account\":\"%s\",\"tier\":\"pro\"}".formatted("a".repeat(64)))));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return json.readTree(made.body()).path("key").asText();
  }

  private void invalidate(String hash) {
    HttpResponse<String> done =
        send(
            admin(
                post(
                    "/cache/invalidate",
                    "{\"inputHash\":\"%s\",\"reason\":\"a test\"}".formatted(hash))));
    assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    promptLab.look();
  }

  /** An answer that was paid for and cannot be committed. */
  void park() {
    send(generate("a parked question"));
    until(() -> promptLab.keys().keySet().stream().anyMatch(it -> it.contains(":parked:")));
    promptLab.query("alter function complete_job_gone rename to complete_job");
  }

  /** A window in the other store. */
  void limitByRing() {
    RedisSettings settings = RedisSettings.of(Environment.of(promptLab.environment()));
    try (RedisConnection redis = new RedisConnection(settings, Clock.systemUTC())) {
      var _ =
          new RedisRateLimiter(redis, RateLimitStore.RING)
              .check(
                  "read:account:admin",
                  new RateLimit("pro", 10, Duration.ofMinutes(1)),
                  "a request");
    }
    promptLab.look();
  }

  Map<String, Object> sweep() {
    try (JobSweepHandler sweep = new JobSweepHandler(Environment.of(promptLab.environment()))) {
      return sweep.handleRequest(Map.of(), new LambdaContext("sweep", 512, PATIENCE));
    }
  }

  Map<String, Object> warm() {
    try (CacheWarmingHandler warming =
        new CacheWarmingHandler(Environment.of(promptLab.environment()))) {
      Map<String, Object> answer =
          warming.handleRequest(
              Map.of("redis", "default"), new LambdaContext("warming", 512, Duration.ofMinutes(2)));
      promptLab.look();
      return answer;
    }
  }

  /** What the dead-letter queue has of a message that is no job. */
  Message deadLetter() {
    Map<String, String> environment = promptLab.environment();
    try (SqsClient sqs =
        AwsClients.build(
            SqsClient.builder(), Environment.of(environment), "AWS_ENDPOINT_URL_SQS", PATIENCE)) {
      sqs.sendMessage(it -> it.queueUrl(environment.get("QUEUE_URL")).messageBody("{}"));
      List<Message> messages =
          sqs.receiveMessage(
                  it ->
                      it.queueUrl(environment.get("DEAD_LETTER_QUEUE_URL"))
                          .waitTimeSeconds(10)
                          .messageAttributeNames("All"))
              .messages();
      assertThat(messages).as("dead letters").hasSize(1);
      return messages.getFirst();
    }
  }

  String metrics() {
    return send(admin(request("/metrics"))).body();
  }

  /** Looks again and again. */
  private void until(BooleanSupplier seen) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    do {
      assertThat(System.nanoTime()).as("seen in time").isLessThan(end);
      promptLab.look();
    } while (!seen.getAsBoolean());
  }

  private HttpRequest.Builder request(String target) {
    return HttpRequest.newBuilder(URI.create(promptLab.url(target))).timeout(PATIENCE);
  }

  private HttpRequest.Builder post(String target, String body) {
    return request(target)
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", UUID.randomUUID().toString())
        .POST(BodyPublishers.ofString(body));
  }

  private HttpRequest.Builder generate(String input) {
    return request("/generate")
        .header("Content-Type", "application/json")
        .POST(
            BodyPublishers.ofString(
                "{\"templateId\":\"cmjlfawzg0000pq6xyq5r78ws\",\"provider\":\"anthropic\",\"input\":\"%s\"}"
                    .formatted(input)));
  }

  private HttpRequest.Builder admin(HttpRequest.Builder request) {
    return key(request, promptLab.adminKey());
  }

  private static HttpRequest.Builder key(HttpRequest.Builder request, String key) {
    return request.header("X-Api-Key", key);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    released.countDown();
    http.close();
    promptLab.close();
  }
}
