package dev.promptlab.local.server;

import static dev.promptlab.local.server.RunningPromptLab.body;
import static dev.promptlab.local.server.RunningPromptLab.newCaller;
import static dev.promptlab.local.server.RunningPromptLab.send;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The main job over HTTP: real servers, the functions' own handlers, the provider's own wire. */
class PromptLabEndToEndIT {
  private static final RunningPromptLab promptLab = RunningPromptLab.start(Map.of());

  @AfterAll
  static void stop() {
    promptLab.close();
  }

  @Test
  void queuesAJobCompletesItAndAnswersTheNextPostFromTheCache() {
    HttpClient caller = newCaller();
    int callsBefore = promptLab.llm().calls();

    HttpResponse<String> accepted = send(caller, promptLab.generate("test"));
    String jobId = body(accepted).path("jobId").asText();
    JsonNode job = promptLab.awaitEnd(caller, jobId);
    HttpResponse<String> again = send(caller, promptLab.generate("test"));

    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(accepted.headers().firstValue("location")).hasValue("/jobs/" + jobId);
    assertThat(accepted.headers().firstValue("x-cache")).hasValue("MISS");
    assertThat(job.path("status").asText()).isEqualTo("completed");
    assertThat(job.path("output").asText()).isNotBlank();
    assertThat(job.path("model").asText()).contains("stand-in");
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.headers().firstValue("x-cache")).hasValue("HIT");
    assertThat(body(again).path("jobId").asText()).isEqualTo(jobId);
    assertThat(body(again).path("cached").asBoolean()).isTrue();
    assertThat(body(again).path("output")).isEqualTo(job.path("output"));
    assertThat(promptLab.llm().calls() - callsBefore).isEqualTo(1);
  }

  @Test
  void admitsExactlyTheLimit_whenOneCallerSends400RequestsOver8Connections() throws Exception {
    promptLab.completed("warm");
    int address = 700;
    List<HttpClient> connections =
        IntStream.range(0, 8).mapToObj(_ -> RunningPromptLab.caller(address)).toList();

    List<HttpResponse<String>> responses =
        atOnce(
                connections.stream()
                    .map(
                        connection ->
                            (Callable<List<HttpResponse<String>>>)
                                () ->
                                    IntStream.range(0, 50)
                                        .mapToObj(_ -> send(connection, promptLab.generate("warm")))
                                        .toList())
                    .toList())
            .stream()
            .flatMap(List::stream)
            .toList();

    assertThat(
            responses.stream()
                .collect(Collectors.groupingBy(HttpResponse::statusCode, Collectors.counting())))
        .isEqualTo(Map.of(200, 100L, 429, 300L));
    assertThat(responses)
        .filteredOn(response -> response.statusCode() == 429)
        .allSatisfy(
            response -> {
              assertThat(response.headers().firstValue("retry-after")).isPresent();
              assertThat(body(response).path("type").asText())
                  .isEqualTo("urn:promptlab:problem:rate-limited");
            });
  }

  @Test
  void makesOneJobAndOneCall_whenFiftyIdenticalRequestsComeAtOnce() throws Exception {
    int callsBefore = promptLab.llm().calls();

    List<HttpResponse<String>> responses =
        atOnce(
            IntStream.range(0, 50)
                .mapToObj(
                    _ ->
                        (Callable<HttpResponse<String>>)
                            () -> send(newCaller(), promptLab.generate("burst")))
                .toList());
    List<String> jobIds =
        responses.stream()
            .map(response -> body(response).path("jobId").asText())
            .distinct()
            .toList();
    promptLab.awaitEnd(newCaller(), jobIds.getFirst());

    assertThat(responses).allSatisfy(r -> assertThat(r.statusCode()).isIn(200, 202));
    assertThat(jobIds).hasSize(1);
    assertThat(promptLab.llm().calls() - callsBefore).isEqualTo(1);
  }

  private static <T> List<T> atOnce(List<Callable<T>> tasks) throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> futures = executor.invokeAll(tasks);
      return futures.stream().map(Future::resultNow).toList();
    }
  }
}
