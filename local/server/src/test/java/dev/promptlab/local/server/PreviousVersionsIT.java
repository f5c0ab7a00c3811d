package dev.promptlab.local.server;

import static dev.promptlab.local.server.RunningPromptLab.body;
import static dev.promptlab.local.server.RunningPromptLab.newCaller;
import static dev.promptlab.local.server.RunningPromptLab.send;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.config.Environment;
import dev.promptlab.generate.GenerateHandler;
import dev.promptlab.local.server.function.LambdaContext;
import dev.promptlab.local.services.StandInLlm;
import dev.promptlab.worker.JobsHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an older version has left in the queue and in Redis, as this one finds it after an update:
 * one file each time that a form changes, recorded from the version before.
 */
class PreviousVersionsIT {
  private static final Parts parts = new Parts();
  private static RunningPromptLab promptLab;

  @BeforeAll
  static void start() {
    promptLab = parts.add(RunningPromptLab.start(Map.of()));
  }

  @AfterAll
  static void stop() {
    parts.close();
  }

  static List<JsonNode> recordings() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/previous-versions"))) {
      ObjectMapper json = new ObjectMapper();
      List<JsonNode> recordings =
          files.map(Path::toFile).map(file -> readTree(json, file.toPath())).toList();
      assertThat(recordings).isNotEmpty();
      return recordings;
    }
  }

  private static JsonNode readTree(ObjectMapper json, Path file) {
    try {
      return json.readTree(file.toFile());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void aMessageIsRun(JsonNode recording) {
    String jobId = acceptedButNotQueued();
    SQSEvent.SQSMessage message = new SQSEvent.SQSMessage();
    message.setMessageId("1");
    message.setReceiptHandle("receipt");
    message.setBody(recording.path("message").asText().replace("JOB", jobId));
    SQSEvent event = new SQSEvent();
    event.setRecords(List.of(message));

    try (JobsHandler worker =
        new JobsHandler(Environment.of(promptLab.promptLab().environment()))) {
      assertThat(
              worker
                  .handleRequest(event, new LambdaContext("worker", 1024, Duration.ofSeconds(90)))
                  .getBatchItemFailures())
          .isEmpty();
    }
    assertThat(job(jobId).path("status").asText()).isEqualTo("completed");
  }

  /** As the queue could not be reached; the sweep would send it, but not so soon. */
  private static String acceptedButNotQueued() {
    Map<String, String> settings = new TreeMap<>(promptLab.promptLab().environment());
    settings.put("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:1");
    settings.put("REDIS_COMMAND_TIMEOUT_MS", "5000");
    try (GenerateHandler handler = new GenerateHandler(Environment.of(settings))) {
      APIGatewayV2HTTPResponse response = HandlerCalls.generate(handler, "a message of old");
      assertThat(response.getStatusCode()).as(response.getBody()).isEqualTo(202);
      return new ObjectMapper().readTree(response.getBody()).path("jobId").asText();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void aCachedResultIsServed(JsonNode recording) throws IOException {
    assertThat(recording.path("results")).isNotEmpty();
    for (JsonNode result : recording.path("results")) {
      String jobId = promptLab.completed(result.path("input").asText());
      putInRedis("gen:job:hash:" + job(jobId).path("inputHash").asText(), result.path("entry"));

      JsonNode hit = body(send(newCaller(), promptLab.generate(result.path("input").asText())));

      assertThat(hit.path("cached").asBoolean()).isTrue();
      assertThat(hit.path("output").asText()).isEqualTo(result.path("output").asText());
      assertThat(hit.path("jobId").asText()).as("of the recorded result").isNotEqualTo(jobId);
    }
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void aParkedAnswerIsFound(JsonNode recording) throws IOException {
    promptLab.llm().failNext(StandInLlm.Failure.status(503));
    String jobId =
        body(send(newCaller(), promptLab.generate("parked of old"))).path("jobId").asText();
    // Before its second attempt, which comes after a pause.
    putInRedis("promptlab:parked:" + jobId, recording.path("parkedAnswer"));

    JsonNode job = promptLab.awaitEnd(newCaller(), jobId);

    assertThat(job.path("output").asText())
        .isEqualTo("An answer that the previous version has parked.");
  }

  private static JsonNode job(String jobId) {
    return body(send(newCaller(), promptLab.request("/jobs/" + jobId).build()));
  }

  private static void putInRedis(String key, JsonNode base64) throws IOException {
    byte[] value = Base64.getDecoder().decode(base64.asText());
    String answer =
        RedisWire.send(
            promptLab.redis().port(),
            "SET".getBytes(StandardCharsets.UTF_8),
            key.getBytes(StandardCharsets.UTF_8),
            value);
    assertThat(answer).startsWith("+OK");
  }
}
