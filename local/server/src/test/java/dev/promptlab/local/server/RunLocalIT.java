package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program as a process: exit codes, output, signals, and what it leaves behind. */
class RunLocalIT {
  private static final ObjectMapper json = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void refusesInOneLine_whenThePortIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      assertRefused("run-local: port %s is in use: ".formatted(port), "--port", port);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "file/below"})
  void refusesInOneLine_whenTheDataFolderCannotBeOne(String data) throws Exception {
    Files.createFile(folder.resolve("file"));

    assertRefused("run-local: ", "--port", "0", "--data", folder.resolve(data).toString());
  }

  @Test
  void refusesInOneLine_whenAnOptionIsUnknown() throws Exception {
    try (RunLocalProcess process = RunLocalProcess.start(folder, Map.of(), "--colour")) {
      assertRefused(process, 2, "run-local: unknown option --colour: see ");
    }
  }

  @Test
  void refusesInOneLine_whenThereIsNoSuchLevelOfLogs() throws Exception {
    try (RunLocalProcess process =
        RunLocalProcess.start(folder, Map.of("POWERTOOLS_LOG_LEVEL", "LOUD"), "--port", "0")) {
      assertRefused(process, 1, "run-local: POWERTOOLS_LOG_LEVEL: must be one of ");
    }
  }

  @Test
  void refusesInOneLine_whenASettingIsUnusable() throws Exception {
    try (RunLocalProcess process =
        RunLocalProcess.start(folder, Map.of("RATE_LIMITS", "lots"), "--port", "0")) {
      assertRefused(process, 1, "run-local: RATE_LIMITS: ");
      assertThat(process.stdout()).as("servers started for nothing").isEmpty();
    }
  }

  @Test
  void losesNoAcceptedJob_whenItIsTerminatedUnderLoad() throws Exception {
    String data = folder.resolve("data").toString();
    Queue<String> accepted = new ConcurrentLinkedQueue<>();
    try (RunLocalProcess process = start(data)) {
      JsonNode info = process.awaitInfo();
      assertThat(info.path("environment").path("PROVIDERS").asText()).isEqualTo("anthropic,openai");
      List<ProcessHandle> children = process.children();
      assertThat(children).isNotEmpty();

      postUntilRefused(info.path("url").asText(), accepted, 20, process::terminate);

      assertThat(process.awaitExit()).as("exit code: %s", process.stderr()).isZero();
      assertThat(process.stdout().getLast())
          .matches(
              "PromptLab has stopped after \\d+ s; it has answered \\d+ requests\\."
                  + " What its own servers stored is in .*/data\\.");
      assertThat(process.stdout())
          .as("a line for each request")
          .anyMatch(line -> line.matches(".* INFO  HTTP +POST /generate 202 MISS \\d+ ms"));
      assertThat(process.stderr()).isEmpty();
      assertThat(process.hasInfo()).isFalse();
      assertThat(children).noneMatch(ProcessHandle::isAlive);
    }
    assertThat(accepted).hasSizeGreaterThanOrEqualTo(20);
    try (RunLocalProcess process = start(data)) {
      String url = process.awaitInfo().path("url").asText();
      assertThat(accepted)
          .allSatisfy(
              jobId ->
                  assertThat(get(url + "/jobs/" + jobId).path("status").asText())
                      .isEqualTo("completed"));
      process.terminate();
      assertThat(process.awaitExit()).isZero();
    }
  }

  @Test
  void writesNothingButJsonToStandardOutput_whenLogsAreToBeJson() throws Exception {
    try (RunLocalProcess process =
        RunLocalProcess.start(folder, Map.of(), "--port", "0", "--json-logs")) {
      String url = process.awaitInfo().path("url").asText();
      assertThat(get(url + "/nowhere?secret=1").path("status").asInt()).isEqualTo(404);
      sendRaw(url, "FOO\u001b[2J /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

      process.terminate();

      assertThat(process.awaitExit()).isZero();
      assertThat(process.stderr())
          .anyMatch(line -> line.startsWith("PromptLab is ready at " + url));
      assertThat(process.stderr().getLast()).startsWith("PromptLab has stopped after ");
      List<JsonNode> logged = new ArrayList<>();
      for (String line : process.stdout()) {
        logged.add(json.readTree(line));
      }
      assertThat(logged)
          .allMatch(event -> event.path("level").isTextual() && event.path("timestamp").isTextual())
          .anyMatch(
              event ->
                  event
                      .path("message")
                      .asText()
                      .matches("GET /nowhere 404 \\d+ ms, request [\\w=-]+"))
          .anyMatch(event -> event.path("message").asText().startsWith("? /health "))
          .noneMatch(event -> event.path("message").asText().contains("\u001b"));
    }
  }

  private static void sendRaw(String url, String request) throws IOException {
    URI to = URI.create(url);
    try (Socket socket = new Socket(to.getHost(), to.getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
    }
  }

  private RunLocalProcess start(String data) throws IOException {
    return RunLocalProcess.start(
        folder, Map.of("RATE_LIMITS", "anonymous=10000"), "--port", "0", "--data", data);
  }

  /** Four callers post new inputs; {@code then} is done after {@code count} were accepted. */
  private static void postUntilRefused(String url, Queue<String> accepted, int count, Runnable then)
      throws InterruptedException {
    CountDownLatch enough = new CountDownLatch(count);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < 4; caller++) {
        String name = "caller " + caller;
        executor.execute(() -> post(url, name, accepted, enough));
      }
      assertThat(enough.await(30, TimeUnit.SECONDS)).isTrue();
      then.run();
    }
  }

  private static void post(String url, String name, Queue<String> accepted, CountDownLatch enough) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 20; i++) {
        String body =
            "{\"templateId\":\"%s\",\"provider\":\"anthropic\",\"input\":\"%s %d\"}"
                .formatted(RunningPromptLab.TEMPLATE, name, i);
        HttpResponse<String> response =
            client.send(
                HttpRequest.newBuilder(URI.create(url + "/generate"))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body))
                    .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(202);
        accepted.add(json.readTree(response.body()).path("jobId").asText());
        enough.countDown();
      }
    } catch (IOException e) {
      // It has been told to stop and takes no more requests: this one was not accepted.
      return;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode get(String url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return json.readTree(
          client
              .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
              .body());
    }
  }

  private void assertRefused(String start, String... arguments) throws Exception {
    try (RunLocalProcess process = RunLocalProcess.start(folder, Map.of(), arguments)) {
      assertRefused(process, 1, start);
    }
  }

  private static void assertRefused(RunLocalProcess process, int exitCode, String start)
      throws Exception {
    assertThat(process.awaitExit()).isEqualTo(exitCode);
    assertThat(process.stderr())
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith(start));
    assertThat(process.children()).isEmpty();
  }
}
