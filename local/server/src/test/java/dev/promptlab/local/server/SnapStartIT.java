package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.promptlab.generate.GenerateHandler;
import dev.promptlab.local.server.lambda.FunctionProcess;
import dev.promptlab.local.server.lambda.RuntimeApi;
import dev.promptlab.worker.JobsHandler;
import dev.promptlab.worker.sweep.JobSweepHandler;
import dev.promptlab.worker.warming.CacheWarmingHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SnapStart's hooks, called by Lambda's own runtime interface client in another process: what is in
 * a snapshot, and what a function does when it is restored.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "Lambda's runtime interface client needs Linux")
class SnapStartIT {
  /** Of some thousands: those are the runtime's own, which it loads with the first event. */
  private static final int FEW_CLASSES = 150;

  private static final Parts parts = new Parts();
  private static RunningPromptLab promptLab;
  private static String hit;

  private final Parts own = new Parts();
  private final RuntimeApi api = own.add(RuntimeApi.start());
  private FaultyProxy redis;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException {
    promptLab = parts.add(RunningPromptLab.start(Map.of()));
    hit = Files.readString(Path.of("../../events/generate.json"));
    String body = new ObjectMapper().readTree(hit).path("body").asText();
    promptLab.completed(new ObjectMapper().readTree(body).path("input").asText());
  }

  @AfterAll
  static void stop() {
    parts.close();
  }

  @BeforeEach
  void startProxy() {
    redis = own.add(FaultyProxy.start(promptLab.redis().port()));
  }

  @AfterEach
  void stopFunction() {
    own.close();
  }

  private FunctionProcess function(Class<?> handler, Map<String, String> more) throws IOException {
    Map<String, String> settings = new TreeMap<>(promptLab.promptLab().environment());
    settings.put("REDIS_URL", "redis://127.0.0.1:" + redis.port());
    settings.putAll(more);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FunctionProcess.JVM_OPTIONS);
    command.addAll(
        List.of(
            "-Xlog:class+load:file=" + classes(),
            "-Dlog4j2.configurationFile=" + Path.of("../../functions/lambda/log4j2.xml").toUri(),
            "-cp",
            System.getProperty("java.class.path"),
            FunctionProcess.CLIENT,
            handler.getName()));
    return own.add(
        FunctionProcess.start(
            command,
            folder,
            FunctionProcess.forSnapshot(
                FunctionProcess.variables(settings, "127.0.0.1:" + api.port(), handler.getName())),
            folder.resolve("output.txt")));
  }

  private Path classes() {
    return folder.resolve("classes.txt");
  }

  /** The classes that it has loaded so far, of all kinds. */
  private List<String> loadedClasses() throws IOException {
    try (Stream<String> lines = Files.lines(classes())) {
      return lines.filter(line -> line.contains(" source: ")).toList();
    }
  }

  private void awaitSnapshot(FunctionProcess function) throws Exception {
    RuntimeApi.Told told = api.next();
    assertThat(told.what()).as("%s%n%s", told.body(), function.output()).isEqualTo("snapshot");
  }

  private JsonNode answer(String event) throws Exception {
    api.send(event);
    RuntimeApi.Told told = api.next();
    assertThat(told.what()).as(told.body()).isEqualTo("response");
    return new ObjectMapper().readTree(told.body());
  }

  @Test
  void aSnapshotIsPrimedAndHasNoConnection_andARestoredOneServesAHit() throws Exception {
    int before = redis.roundTrips();
    FunctionProcess function = function(GenerateHandler.class, Map.of());

    awaitSnapshot(function);
    assertThat(redis.roundTrips()).as("asked before the snapshot").isGreaterThan(before);
    awaitNoConnection();
    int primed = loadedClasses().size();

    api.restore();
    JsonNode reply = answer(hit);

    List<String> all = loadedClasses();
    List<String> loaded = all.subList(primed, all.size());
    assertThat(reply.path("statusCode").asInt()).as(reply.toString()).isEqualTo(200);
    assertThat(reply.path("headers").path("X-Cache").asText()).isEqualTo("HIT");
    assertThat(function.output()).doesNotContain("Not primed");
    assertThat(redis.connections()).isPositive();
    System.out.printf(
        "classes loaded: %d before the snapshot, %d from the restore to the hit's answer%n",
        primed, loaded.size());
    assertThat(loaded).hasSizeLessThan(FEW_CLASSES);
  }

  private void awaitNoConnection() throws InterruptedException {
    for (int i = 0; redis.connections() > 0 && i < 100; i++) {
      Thread.sleep(20);
    }
    assertThat(redis.connections()).as("connections to Redis in the snapshot").isZero();
  }

  @Test
  void aSnapshotIsTaken_althoughNothingAnswers() throws Exception {
    redis.resetAll();
    FunctionProcess function =
        function(
            GenerateHandler.class,
            Map.of(
                "AWS_ENDPOINT_URL_RDS_DATA", "http://127.0.0.1:1",
                "AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:1"));

    awaitSnapshot(function);
    assertThat(function.output())
        .contains("Not primed: a request that is refused", "Not primed: the queue")
        .doesNotContain("Not primed: a hit");

    redis.heal();
    api.restore();
    assertThat(answer(hit).path("headers").path("X-Cache").asText()).isEqualTo("HIT");
  }

  @Test
  void providersKeysAreReadAfterTheRestore_notBefore() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    HttpServer secrets = secrets(reads, "{\\\"ANTHROPIC_API_KEY\\\":\\\"a-key\\\"}");
    own.add(() -> secrets.stop(0));
    FunctionProcess function = function(JobsHandler.class, secretAt(secrets));

    awaitSnapshot(function);
    awaitNoConnection();
    assertThat(reads).hasValue(0);

    api.restore();
    assertThat(answer("{\"Records\":[]}").path("batchItemFailures")).isEmpty();
    assertThat(reads).hasValue(1);
    assertThat(function.output()).doesNotContain("Not primed");
  }

  @Test
  void aKeyThatIsMissing_endsWhatWasRestored() throws Exception {
    HttpServer secrets = secrets(new AtomicInteger(), "{}");
    own.add(() -> secrets.stop(0));
    Map<String, String> settings = new TreeMap<>(secretAt(secrets));
    settings.put("ANTHROPIC_BASE_URL", "");
    FunctionProcess function = function(JobsHandler.class, settings);

    awaitSnapshot(function);
    api.restore();

    assertThat(api.next().what()).isEqualTo("/restore/error");
    assertThat(function.output()).contains("ANTHROPIC_API_KEY: is not set");
  }

  @ParameterizedTest
  @ValueSource(classes = {JobSweepHandler.class, CacheWarmingHandler.class})
  void scheduledFunctionsAreRestoredToo(Class<?> handler) throws Exception {
    FunctionProcess function = function(handler, Map.of());

    awaitSnapshot(function);
    awaitNoConnection();
    api.restore();

    assertThat(answer("{\"redis\":\"default\"}").isObject()).isTrue();
    assertThat(function.output()).doesNotContain("Not primed");
  }

  private static Map<String, String> secretAt(HttpServer secrets) {
    return Map.of(
        "PROVIDER_KEYS_SECRET_ARN",
        "arn:aws:secretsmanager:us-east-1:000000000000:secret:keys",
        "AWS_ENDPOINT_URL_SECRETS_MANAGER",
        "http://127.0.0.1:" + secrets.getAddress().getPort());
  }

  /** Secrets Manager, with one secret; counts how often it is read. */
  private static HttpServer secrets(AtomicInteger reads, String text) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] answer = ("{\"SecretString\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          reads.incrementAndGet();
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    return server;
  }
}
