package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.accounts.KeySecret;
import dev.promptlab.local.server.PromptLabProcess.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four processes on the same servers, asked at the same time. */
class FourProcessesIT {
  private static final int PROCESSES = 4;
  private static final String ADMIN = KeySecret.generate().reveal();
  private static final String TEMPLATE = RunningPromptLab.TEMPLATE;

  @TempDir private static Path folder;
  private static final Parts parts = new Parts();
  private static final SharedServers servers = parts.add(new SharedServers());
  private static final List<PromptLabProcess> processes = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> settings =
        servers.environment(
            Map.of(
                "ADMIN_API_KEY",
                ADMIN,
                "RATE_LIMITS",
                "pro=100,enterprise=1000000",
                // However slow the machine: what a test has used is still in the window.
                "RATE_LIMIT_WINDOW_SECONDS",
                "3600",
                // As slow as a thousand requests at once on two cores may be.
                "REDIS_COMMAND_TIMEOUT_MS",
                "10000"));
    List<Callable<PromptLabProcess>> starts = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      Path own = folder.resolve("process-" + i);
      starts.add(() -> parts.add(PromptLabProcess.start(own, settings)));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<PromptLabProcess> started : threads.invokeAll(starts)) {
        processes.add(started.get());
      }
    }
  }

  @AfterAll
  static void stop() {
    parts.close();
  }

  /** The answers to requests that are sent at the same time, to each process equally many. */
  private static List<Reply> atOnce(int requests, Function<PromptLabProcess, Reply> call)
      throws Exception {
    List<Callable<Reply>> calls =
        IntStream.range(0, requests)
            .mapToObj(i -> processes.get(i % PROCESSES))
            .map(process -> (Callable<Reply>) () -> call.apply(process))
            .toList();
    List<Reply> replies = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Reply> reply : threads.invokeAll(calls)) {
        replies.add(reply.get());
      }
    }
    return replies;
  }

  private static Map<String, Long> counts(List<Reply> replies, Function<Reply, String> by) {
    return replies.stream().collect(Collectors.groupingBy(by, Collectors.counting()));
  }

  private static String key(String account, String tier) {
    return processes.getFirst().newKey(ADMIN, account, tier).path("key").asText();
  }

  @Test
  void makesOneJobAndOneCall_ofAThousandEqualRequestsAtOnce() throws Exception {
    String key = key("thousand", "enterprise");
    int callsBefore = servers.llm().calls();
    List<Reply> replies =
        atOnce(1_000, process -> process.generate(key, TEMPLATE, SharedServers.HELD));
    servers.release();

    assertThat(counts(replies, reply -> reply.status() + " " + reply.headers().get("x-cache")))
        .containsExactlyInAnyOrderEntriesOf(Map.of("202 MISS", 1L, "202 COALESCED", 999L));
    assertThat(replies).extracting(Reply::jobId).containsOnly(replies.getFirst().jobId());
    Reply hit = processes.getLast().awaitHit(key, TEMPLATE, SharedServers.HELD);
    assertThat(hit.jobId()).isEqualTo(replies.getFirst().jobId());
    assertThat(servers.llm().calls() - callsBefore).isEqualTo(1);
  }

  @Test
  void makesOneCall_whenManyAskAgainAndAgainUntilTheAnswerIsThere() throws Exception {
    String key = key("impatient", "enterprise");
    int callsBefore = servers.llm().calls();
    Queue<Reply> all = new ConcurrentLinkedQueue<>();
    List<Reply> hits =
        atOnce(
            40,
            process -> {
              Reply reply = process.generate(key, TEMPLATE, "are we there yet");
              while (reply.status() == 202) {
                all.add(reply);
                reply = process.generate(key, TEMPLATE, "are we there yet");
              }
              return reply;
            });
    assertThat(hits).allMatch(Reply::hit);
    all.addAll(hits);
    assertThat(all).extracting(Reply::jobId).containsOnly(hits.getFirst().jobId());
    assertThat(counts(List.copyOf(all), reply -> reply.headers().get("x-cache")))
        .containsEntry("MISS", 1L);
    assertThat(servers.llm().calls() - callsBefore).isEqualTo(1);
  }

  @Test
  void admitsExactlyTheLimit_howeverItIsSharedOut() throws Exception {
    String key = key("limited", "pro");
    processes.getFirst().awaitHit(key("filling", "enterprise"), TEMPLATE, "limited");
    List<Reply> replies = atOnce(200, process -> process.generate(key, TEMPLATE, "limited"));
    assertThat(counts(replies, reply -> Integer.toString(reply.status())))
        .containsExactlyInAnyOrderEntriesOf(Map.of("200", 100L, "429", 100L));
  }
}
