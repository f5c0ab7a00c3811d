package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.accounts.KeySecret;
import dev.promptlab.local.server.PromptLabProcess.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private static final int ROUNDS = 20;
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

  /** Two cores may be too slow for so many at once; who is told so comes again. */
  private static Reply answered(
      PromptLabProcess process, String key, String templateId, String input) {
    Reply reply = process.generate(key, templateId, input);
    while (reply.status() == 503) {
      assertThat(reply.headers()).containsKey("retry-after");
      reply = process.generate(key, templateId, input);
    }
    return reply;
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
        atOnce(1_000, process -> answered(process, key, TEMPLATE, SharedServers.HELD));
    servers.release();

    assertThat(counts(replies, reply -> reply.status() + " " + reply.cache()))
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
    assertThat(counts(List.copyOf(all), Reply::cache)).containsEntry("MISS", 1L);
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

  @Test
  void servesNothingInvalidated_whenItWasFrozenMeanwhile() throws Exception {
    String key = key("freezing", "enterprise");
    PromptLabProcess frozen = processes.getLast();
    for (int round = 0; round < 5; round++) {
      Reply warm = frozen.awaitHit(key, TEMPLATE, "freezing");
      Reply thawed;
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        frozen.process().signal("STOP");
        Future<Reply> waiting;
        try {
          invalidate(warm);
          waiting = threads.submit(() -> frozen.generate(key, TEMPLATE, "freezing"));
        } finally {
          frozen.process().signal("CONT");
        }
        thawed = waiting.get();
      }
      assertThat(thawed.jobId()).as(thawed.text()).isNotEqualTo(warm.jobId());
      assertThat(frozen.awaitHit(key, TEMPLATE, "freezing").jobId()).isEqualTo(thawed.jobId());
    }
  }

  /** Cache, database, workers that finish and instances that fill the cache: all race with it. */
  @Test
  void servesNothingInvalidated_whileItIsAskedForAllTheTime() throws Exception {
    String key = key("racing", "enterprise");
    Set<String> invalidated = ConcurrentHashMap.newKeySet();
    AtomicBoolean done = new AtomicBoolean();
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> traffic = new ArrayList<>();
      for (PromptLabProcess process : processes) {
        traffic.add(
            threads.submit(
                () -> {
                  while (!done.get()) {
                    // As it is before the request is sent: these have been answered.
                    Set<String> gone = Set.copyOf(invalidated);
                    Reply reply = process.generate(key, TEMPLATE, "racing");
                    if (!List.of(200, 202).contains(reply.status())
                        || gone.contains(reply.jobId())) {
                      wrong.add(reply.toString());
                    }
                  }
                }));
      }
      try {
        for (int round = 0; round < ROUNDS; round++) {
          Reply warm = processes.getFirst().awaitHit(key, TEMPLATE, "racing");
          invalidate(warm);
          invalidated.add(warm.jobId());
        }
      } finally {
        done.set(true);
      }
      for (Future<?> caller : traffic) {
        caller.get();
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(invalidated).hasSize(ROUNDS);
  }

  @Test
  void servesNothingInvalidated_whenAWorkerWritesItLate() throws Exception {
    String key = key("late", "enterprise");
    Reply warm = processes.getFirst().awaitHit(key, TEMPLATE, "late");
    String entry = "gen:job:hash:" + warm.body().path("inputHash").asText();
    assertThat(servers.redis("COPY", entry, "of the worker")).startsWith(":1");
    invalidate(warm);
    assertThat(servers.redis("COPY", "of the worker", entry)).startsWith(":1");
    for (PromptLabProcess process : processes) {
      Reply reply = process.generate(key, TEMPLATE, "late");
      assertThat(reply.jobId()).as(reply.text()).isNotEqualTo(warm.jobId());
    }
    // What is younger takes its place.
    Reply next = processes.getFirst().awaitHit(key, TEMPLATE, "late");
    assertThat(next.jobId()).isNotEqualTo(warm.jobId());
  }

  private static void invalidate(Reply warm) {
    Reply reply =
        processes
            .getFirst()
            .call(
                "POST",
                "/cache/invalidate",
                ADMIN,
                "{\"inputHash\":\"%s\",\"reason\":\"a test\"}"
                    .formatted(warm.body().path("inputHash").asText()))
            .expect(200);
    assertThat(reply.body().path("invalidated").asInt()).as(reply.text()).isPositive();
  }
}
