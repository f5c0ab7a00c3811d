package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.aws.AwsClients;
import dev.promptlab.config.Environment;
import dev.promptlab.local.server.PromptLabProcess.Reply;
import dev.promptlab.local.services.StandInLlm;
import dev.promptlab.queue.JobMessage;
import dev.promptlab.queue.sqs.SqsJobQueue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * A process at its usual log level is sent everything that it serves and refuses, while its servers
 * are there and while they are not; then its whole log, all its answers and what its servers keep
 * are searched for what must not be there: each key and each text that was sent is one of a kind.
 */
class NothingSecretLeaksIT {
  private static final Pattern STACK_TRACE =
      Pattern.compile("^\\s+at |^Caused by: |Exception in |^\\s+Suppressed: ");
  private static final Pattern INTERNALS =
      Pattern.compile(
          "(?i)sqlstate|psql|relation \"|select .* from|insert into|dev\\.promptlab|java\\.|exception");
  private static final String BANNER = "  Admin key    ";

  @TempDir private static Path folder;
  private static final Parts parts = new Parts();
  private static final SharedServers servers = parts.add(new SharedServers());

  /** What nobody but who sent it may ever see again, by what it is. */
  private static final Map<String, String> keys = new TreeMap<>();

  private static final Map<String, String> texts = new TreeMap<>();
  private static final Queue<String> leaks = new ConcurrentLinkedQueue<>();
  private static final String ADMIN = key("the admin's", KeySecret.generate().reveal());
  private static final ObjectMapper json = new ObjectMapper();

  private static final KeptData kept = new KeptData(servers);
  private static PromptLabProcess promptLab;
  private static HttpServer echoing;

  @BeforeAll
  static void start() throws Exception {
    echoing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    echoing.createContext("/", NothingSecretLeaksIT::refuseWithAllThatWasSent);
    echoing.start();
    Map<String, String> settings =
        servers.environment(
            Map.of(
                "ADMIN_API_KEY",
                ADMIN,
                "ANTHROPIC_API_KEY",
                key("Anthropic's", "sk-ant-" + UUID.randomUUID()),
                "OPENAI_API_KEY",
                key("OpenAI's", "sk-" + UUID.randomUUID()),
                "OPENAI_BASE_URL",
                "http://127.0.0.1:" + echoing.getAddress().getPort(),
                "MAX_ATTEMPTS",
                "1",
                "RATE_LIMITS",
                "anonymous=100000,free=1,enterprise=100000"));
    promptLab = PromptLabProcess.start(folder, settings);
  }

  @AfterAll
  static void stop() {
    parts.close();
    promptLab.close();
    echoing.stop(0);
  }

  /** A provider whose errors repeat the request, the key too. */
  private static void refuseWithAllThatWasSent(HttpExchange exchange) throws IOException {
    try (exchange) {
      String sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String all = exchange.getRequestHeaders().entrySet() + " " + sent;
      boolean readable = sent.contains("readable");
      byte[] body =
          (readable
                  ? json.writeValueAsString(Map.of("error", Map.of("message", all)))
                  : "<html>" + all)
              .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(sent.contains("as a success") ? 200 : 400, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static String key(String whose, String key) {
    keys.put(whose, key);
    return key;
  }

  /** A text that nothing else has. */
  private static String text(String what) {
    return texts.computeIfAbsent(what, name -> name + " " + UUID.randomUUID());
  }

  /** Sends a request; its answer may repeat nothing but {@code may}. */
  private static Reply send(
      String method,
      String target,
      @Nullable String key,
      @Nullable String body,
      Map<String, String> headers,
      String... may) {
    Reply reply = promptLab.call(method, target, key, body, headers);
    String answer = reply.headers() + "\n" + reply.text();
    Set<String> allowed = Set.of(may);
    Stream.concat(keys.entrySet().stream(), texts.entrySet().stream())
        .filter(secret -> !allowed.contains(secret.getValue()))
        .filter(secret -> answer.contains(secret.getValue()))
        .forEach(
            secret -> leaks.add("%s: %s %s: %s".formatted(secret.getKey(), method, target, reply)));
    if (INTERNALS.matcher(answer).find()) {
      leaks.add("internals: %s %s: %s".formatted(method, target, reply));
    }
    return reply;
  }

  private static Reply send(
      String method, String target, @Nullable String key, @Nullable String body, String... may) {
    return send(method, target, key, body, Map.of(), may);
  }

  private static String newKey(String account, String tier) throws IOException {
    Reply reply =
        promptLab
            .call(
                "POST",
                "/api-keys",
                ADMIN,
                "{\"account\":\"%s\",\"tier\":\"%s\"}".formatted(account, tier))
            .expect(201);
    return key("one of " + account, reply.body().path("key").asText());
  }

  @Test
  void showsNoSecret_whateverItIsSent_andWhateverFails() throws Exception {
    String key = newKey("acme", "enterprise");
    String other = newKey("other", "enterprise");
    useAndRefuse(key, other);
    refuseCredentials(key);
    refuseBodies(key);
    failModels(key);
    eraseContent(key);
    refuseMessages();

    everyRoute(key, text("an input before the outages"));
    servers.redis().kill();
    everyRoute(key, text("an input without Redis"));
    servers.redis().restart();
    awaitRedis(key);
    failToTellAChange();

    String jobId = send("POST", "/generate", key, Route.generate("anthropic", "own", "x")).jobId();
    kept.letDatabaseIn(false);
    try {
      everyRoute(key, text("an input without the database"));
      try (SqsJobQueue queue = queue()) {
        queue.send(new JobMessage(UUID.fromString(jobId)));
      }
      promptLab.process().awaitOutput("comes back: the database could not be asked");
    } finally {
      kept.letDatabaseIn(true);
    }
    kept.execute("promptlab", "alter table job rename to job_away");
    everyRoute(key, text("an input that the database refuses"));
    kept.execute("promptlab", "alter table job_away rename to job");

    servers.sqs().close();
    everyRoute(key, text("an input without the queue"));
    promptLab.process().awaitOutput("accepted but not queued");

    assertThat(leaks).isEmpty();
    assertLogIsClean();
    assertServersKeepNoKey();
  }

  private static void useAndRefuse(String key, String other) throws IOException {
    String content = text("a template");
    send("PUT", "/templates/own", ADMIN, PromptLabProcess.template(content + " {{input}}"), content)
        .expect(201);
    send("GET", "/templates/own", key, null, content).expect(200);
    send("PUT", "/templates/own", ADMIN, "{\"name\":1,\"content\":\"%s\"}".formatted(content))
        .expect(400);
    send(
            "PUT",
            "/templates/own",
            ADMIN,
            PromptLabProcess.template(content + " {{input}}"),
            Map.of("If-Match", "\"9\""))
        .expect(412);
    String input = text("an input");
    String body = Route.generate("anthropic", "own", input);
    send(
            "POST",
            "/templates/own/render",
            key,
            "{\"input\":\"%s\"}".formatted(input),
            content,
            input)
        .expect(200);
    send("POST", "/templates/own/render", key, "{\"input\":{\"no\":\"%s\"}}".formatted(input))
        .expect(400);
    String jobId = send("POST", "/generate", key, body).expect(202).jobId();
    promptLab.awaitEnd(key, jobId);
    send("POST", "/generate", key, body, content, input).expect(200);
    send("GET", "/jobs/" + jobId, key, null, content, input).expect(200);
    send("GET", "/jobs/" + jobId, other, null).expect(404);
    send("DELETE", "/jobs/%s/content".formatted(jobId), other, null).expect(404);
    send("DELETE", "/jobs/" + jobId, key, null).expect(409);
    send("GET", "/jobs", key, null).expect(200);
    Map<String, String> named = Map.of("Idempotency-Key", "once");
    send("POST", "/generate", key, Route.generate("anthropic", "own", text("a named input")), named)
        .expect(202);
    send("POST", "/generate", key, body, named).expect(409);
    send(
        "POST",
        "/generate",
        key,
        body,
        Map.of("Cache-Control", "only-if-cached, max-age=0"),
        content,
        input);
    send("POST", "/generate", key, body, Map.of("Cache-Control", "nonsense=" + text("a control")));
    send("POST", "/generate", key, Route.generate("bedrock", "own", input)).expect(400);
    send("POST", "/generate", key, Route.generate("anthropic", "none", input)).expect(404);
    String poor = newKey("poor", "free");
    send("POST", "/generate", poor, body);
    send("POST", "/generate", poor, body).expect(429);
    promptLab
        .call("PUT", "/accounts/acme", ADMIN, "{\"tier\":\"enterprise\",\"dailyBudgetUsd\":0}")
        .expect(200);
    send(
            "POST",
            "/generate",
            key,
            Route.generate("anthropic", "own", text("an input beyond budget")))
        .expect(429);
    promptLab.call("PUT", "/accounts/acme", ADMIN, "{\"tier\":\"enterprise\"}").expect(200);
  }

  private static void refuseCredentials(String key) throws IOException {
    JsonNode old = promptLab.newKey(ADMIN, "rotating", "pro");
    key("a rotated", old.path("key").asText());
    String rotation = "/api-keys/%s/rotate".formatted(old.path("keyId").asText());
    Reply fresh = promptLab.call("POST", rotation, ADMIN, "{\"graceSeconds\":0}").expect(201);
    key("a fresh", fresh.body().path("key").asText());
    send("POST", rotation, ADMIN, "{\"graceSeconds\":0}").expect(409);
    send("GET", "/account", fresh.body().path("key").asText(), null).expect(200);
    promptLab.call("DELETE", "/api-keys/" + fresh.body().path("keyId").asText(), ADMIN, null);
    send("GET", "/api-keys", ADMIN, null).expect(200);
    for (Map.Entry<String, String> bad :
        Map.of(
                "the rotated one", old.path("key").asText(),
                "the revoked one", fresh.body().path("key").asText(),
                "a guess", key("a guessed", KeySecret.generate().reveal()),
                "a short one",
                    key("a short", "canary-" + UUID.randomUUID().toString().substring(20)),
                "one with a blank", key("a blank", "can ary " + UUID.randomUUID()))
            .entrySet()) {
      for (Route route : Route.all(text("an input with a bad key"))) {
        if (!route.target().equals("/health")) {
          Reply reply = send(route.method(), route.target(), bad.getValue(), route.body());
          assertThat(reply.status()).as("%s: %s: %s", bad.getKey(), route, reply).isEqualTo(401);
        }
      }
      send("GET", "/account", null, null, Map.of("Authorization", "Bearer " + bad.getValue()))
          .expect(401);
      send("GET", "/account", null, null, Map.of("Authorization", "Basic " + bad.getValue()))
          .expect(401);
    }
    for (Route route : Route.all(text("an input of a caller"))) {
      if (route.admins()) {
        send(route.method(), route.target(), key, route.body()).expect(403);
        send(route.method(), route.target(), null, route.body()).expect(401);
      }
    }
  }

  private static void refuseBodies(String key) {
    String secret = text("an unusable input");
    for (String body :
        List.of(
            secret,
            "\"" + secret + "\"",
            "[\"" + secret + "\"]",
            "{\"input\":\"" + secret,
            "{\"input\":\"" + secret + "\",\"input\":\"" + secret + "\"}",
            "{\"input\":\"" + secret + "\"} " + secret,
            "{\"input\":\"" + secret + "\\u0000\"}",
            "{\"input\":\"" + secret + "\\ud800\"}",
            "{\"input\":[\"" + secret + "\"]}",
            "{\"input\":{\"n\":1e999,\"x\":\"" + secret + "\"}}",
            "{\"input\":{\"n\":{\"x\":\"" + secret + "\"}}}",
            "{\"templateId\":\"" + secret + "\",\"provider\":\"" + secret + "\",\"input\":1}",
            Route.generate("anthropic", "own", secret + "x".repeat(40_000)),
            Route.generate("anthropic", "own", secret + "x".repeat(1_000_000)),
            Route.generate("anthropic", "own", secret + "x".repeat(11_000_000)))) {
      for (Route route : Route.all("x")) {
        if (!Set.of("GET", "DELETE").contains(route.method())) {
          Reply reply = send(route.method(), route.target(), route.admins() ? ADMIN : key, body);
          assertThat(reply.status()).as("%s: %s", route, reply).isIn(400, 413);
        }
      }
    }
    send("POST", "/generate", key, secret, Map.of("Content-Type", "text/plain")).expect(415);
    send("DELETE", "/generate", key, secret).expect(405);
    send("POST", "/nothing", key, secret).expect(404);
    send("GET", "/jobs?cursor=" + secret.replace(' ', '+'), key, null).expect(400);
  }

  private static void failModels(String key) {
    int attempt = 0;
    for (StandInLlm.Failure failure :
        Stream.concat(
                Stream.of(400, 401, 403, 404, 408, 429, 500, 529).map(StandInLlm.Failure::status),
                Stream.of(StandInLlm.Failure.dropped()))
            .toList()) {
      servers.llm().failNext(failure);
      assertFails(
          key, Route.generate("anthropic", "own", text("an input that fails " + attempt++)));
    }
    for (String kind : List.of("readable", "unreadable", "readable as a success", "as a success")) {
      assertFails(key, Route.generate("openai", "own", text("an input refused " + kind)));
    }
  }

  private static void assertFails(String key, String body) {
    String jobId = send("POST", "/generate", key, body).expect(202).jobId();
    promptLab.awaitEnd(key, jobId);
    Reply job = send("GET", "/jobs/" + jobId, key, null).expect(200);
    assertThat(job.body().path("status").asText()).as(job.text()).isEqualTo("failed");
  }

  private static void eraseContent(String key) throws Exception {
    String secret = text("an erased input");
    String body = Route.generate("anthropic", "own", secret);
    String jobId = send("POST", "/generate", key, body).expect(202).jobId();
    promptLab.awaitEnd(key, jobId);
    assertThat(kept.all()).anyMatch(kept -> kept.contains(secret));
    send("DELETE", "/jobs/%s/content".formatted(jobId), key, null).expect(204);
    send("GET", "/jobs/" + jobId, key, null).expect(200);
    assertThat(kept.all()).noneMatch(kept -> kept.contains(secret));
  }

  private static void refuseMessages() throws Exception {
    try (SqsClient sqs = sqs()) {
      for (String body :
          List.of(
              text("a message"),
              "{\"version\":1,\"jobId\":\"%s\"}".formatted(text("a message's job")),
              "{\"version\":2,\"prompt\":\"%s\"}".formatted(text("a message's prompt")))) {
        sqs.sendMessage(request -> request.queueUrl(servers.sqs().queueUrl()).messageBody(body));
      }
    }
    promptLab.process().awaitOutput("moved to the dead-letter queue: is not valid JSON");
    promptLab.process().awaitOutput("moved to the dead-letter queue: has no usable jobId");
    promptLab.process().awaitOutput("moved to the dead-letter queue: is not of version 1");
  }

  private static void failToTellAChange() throws Exception {
    servers.redis(
        "ACL",
        "SETUSER",
        "default",
        "resetkeys",
        "%R~promptlab:epoch",
        "~promptlab:[^e]*",
        "~[^p]*");
    String content = text("a template that is not told");
    send("PUT", "/templates/untold", ADMIN, PromptLabProcess.template(content)).expect(503);
    servers.redis("ACL", "SETUSER", "default", "allkeys");
  }

  /**
   * Each with a key that is good for it; what templates hold may be seen, and what was asked for.
   */
  private static void everyRoute(String key, String input) throws Exception {
    String[] known =
        texts.values().stream()
            .filter(value -> value.matches("(?s)(a template|an input).*"))
            .toArray(String[]::new);
    // At the same time: where a server is gone, each takes as long as it may.
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Reply>> replies = new ArrayList<>();
      for (Route route : Route.all(input)) {
        boolean shows =
            route.target().startsWith("/templates") || route.target().equals("/generate");
        replies.add(
            executor.submit(
                () ->
                    send(
                        route.method(),
                        route.target(),
                        route.admins() ? ADMIN : key,
                        route.body(),
                        shows ? known : new String[0])));
      }
      for (Future<Reply> reply : replies) {
        assertThat(reply.get().status()).as("%s", reply.get()).isNotEqualTo(500);
      }
    }
  }

  private static void awaitRedis(String key) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (promptLab.call("GET", "/account", key, null).status() == 503) {
      assertThat(System.nanoTime()).as("Redis is not used again").isLessThan(end);
    }
  }

  private static SqsJobQueue queue() {
    return new SqsJobQueue(Environment.of(promptLab.environment()), Duration.ofSeconds(10));
  }

  private static SqsClient sqs() {
    return AwsClients.build(
        SqsClient.builder(),
        Environment.of(promptLab.environment()),
        "AWS_ENDPOINT_URL_SQS",
        Duration.ofSeconds(10));
  }

  private static void assertLogIsClean() throws IOException {
    List<String> banner =
        promptLab.process().stdout().stream().filter(l -> l.startsWith(BANNER)).toList();
    assertThat(banner).containsExactly(BANNER + ADMIN);
    List<String> log =
        Stream.concat(promptLab.process().stdout().stream(), promptLab.process().stderr().stream())
            .filter(line -> !line.startsWith(BANNER))
            .toList();
    assertThat(log).as("stack traces").noneMatch(line -> STACK_TRACE.matcher(line).find());
    Stream.concat(keys.entrySet().stream(), texts.entrySet().stream())
        .forEach(
            secret ->
                assertThat(log)
                    .as("%s in the log", secret.getKey())
                    .noneMatch(line -> line.contains(secret.getValue())));
  }

  private static void assertServersKeepNoKey() throws Exception {
    List<String> all = kept.all();
    keys.forEach(
        (whose, key) ->
            assertThat(all).as("%s key is kept", whose).noneMatch(text -> text.contains(key)));
  }
}
