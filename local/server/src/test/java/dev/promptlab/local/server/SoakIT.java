package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.accounts.KeySecret;
import dev.promptlab.local.server.PromptLabProcess.Reply;
import dev.promptlab.local.services.LocalPostgres;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.local.services.LocalSqs;
import dev.promptlab.local.services.StandInLlm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of jobs while processes are killed, Redis, PostgreSQL and SQS are interrupted one after
 * the other, and the provider fails one call of five: every job ends, and what was paid for is
 * counted. {@code -Dsoak.jobs=5000 -Dsoak.minutes=10}.
 */
@Tag("soak")
class SoakIT {
  private static final int JOBS = Integer.getInteger("soak.jobs", 5_000);
  private static final Duration TIME = Duration.ofMinutes(Integer.getInteger("soak.minutes", 10));
  private static final int PROCESSES = 3;

  /** Records that one process works on at a time, at most. */
  private static final int IN_FLIGHT = 20;

  private static final Duration BETWEEN_FAULTS = Duration.ofSeconds(15);
  private static final Duration OUTAGE = Duration.ofSeconds(5);
  private static final Duration LONGEST_TAIL = Duration.ofMinutes(12);
  private static final String ADMIN = KeySecret.generate().reveal();

  @TempDir private static Path folder;
  private final Parts parts = new Parts();
  private final LocalRedis redis =
      parts.add(LocalRedis.start(Optional.of(folder.resolve("redis"))));
  private final LocalPostgres postgres = parts.add(LocalPostgres.start(Optional.empty()));
  private final LocalSqs sqs = parts.add(LocalSqs.start());
  private final FaultyProxy database = parts.add(FaultyProxy.start(port(postgres)));
  private final FaultyProxy queue = parts.add(FaultyProxy.start(sqs.endpoint().getPort()));
  private final AtomicInteger answers = new AtomicInteger();
  private final StandInLlm llm =
      parts.add(StandInLlm.start(new StandInLlm.Options(Duration.ofMillis(300), this::answer)));
  private final AtomicReferenceArray<PromptLabProcess> processes =
      new AtomicReferenceArray<>(PROCESSES);
  private final Set<String> accepted = new HashSet<>();
  private final AtomicInteger kills = new AtomicInteger();
  private int refused;
  private int unanswered;

  private static int port(LocalPostgres postgres) {
    return Integer.parseInt(
        postgres.jdbcUrl().replaceFirst("^[^:]*:[^:]*://[^:]*:([0-9]+).*", "$1"));
  }

  private String answer(String prompt) {
    // One call of five fails, in turn as an overload, an error and a lost connection.
    if (answers.incrementAndGet() % 4 == 0) {
      llm.failNext(
          switch (answers.get() / 4 % 3) {
            case 0 -> StandInLlm.Failure.status(529);
            case 1 -> StandInLlm.Failure.status(500);
            default -> StandInLlm.Failure.dropped();
          });
    }
    return "The answer to: " + prompt;
  }

  private void startProcess(int number) throws IOException, InterruptedException {
    Map<String, String> settings =
        Map.ofEntries(
            Map.entry("REDIS_URL", redis.url().toString()),
            Map.entry(
                "DATABASE_URL",
                postgres
                    .jdbcUrl()
                    .replace(":" + port(postgres) + "/", ":" + database.port() + "/")),
            Map.entry("SQS_ENDPOINT", "http://127.0.0.1:" + queue.port()),
            Map.entry("ANTHROPIC_BASE_URL", llm.baseUrl().toString()),
            Map.entry("ADMIN_API_KEY", ADMIN),
            Map.entry("RATE_LIMITS", "enterprise=1000000"),
            Map.entry("JOB_DEADLINE_SECONDS", "7200"),
            Map.entry("MAX_ATTEMPTS", "100"));
    processes.set(
        number,
        PromptLabProcess.start(folder.resolve("process-" + number + "-" + kills.get()), settings));
  }

  @Test
  void endsEveryJob_andCountsWhatWasPaidFor() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < PROCESSES; i++) {
        startProcess(i);
      }
      String key = processes.get(0).newKey(ADMIN, "soak", "enterprise").path("key").asText();
      long end = System.nanoTime() + TIME.toNanos();
      Future<?> faults = threads.submit(() -> interrupt(end));
      load(key, end);
      faults.get();
      awaitEnds();
      report();
    } finally {
      for (int i = 0; i < PROCESSES; i++) {
        if (processes.get(i) != null) {
          processes.get(i).close();
        }
      }
      parts.close();
    }
  }

  /** So many jobs, evenly over the time; who is refused comes again. */
  private void load(String key, long end) throws InterruptedException {
    long begin = System.nanoTime();
    int number = 0;
    while (accepted.size() < JOBS) {
      long due = begin + (end - begin) / JOBS * accepted.size();
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      number++;
      try {
        Reply reply =
            processes
                .get(number % PROCESSES)
                .generate(key, RunningPromptLab.TEMPLATE, "soak " + number);
        if (reply.status() == 202) {
          accepted.add(reply.jobId());
        } else {
          refused++;
        }
      } catch (UncheckedIOException e) {
        unanswered++;
      }
    }
  }

  private Void interrupt(long end) throws Exception {
    for (int round = 0; System.nanoTime() < end; round++) {
      TimeUnit.NANOSECONDS.sleep(BETWEEN_FAULTS.toNanos());
      switch (round % 4) {
        case 0 -> {
          redis.kill();
          TimeUnit.NANOSECONDS.sleep(OUTAGE.toNanos());
          redis.restart();
        }
        case 1 -> outage(database);
        case 2 -> outage(queue);
        default -> {
          int victim = round / 4 % PROCESSES;
          processes.get(victim).close();
          kills.incrementAndGet();
          startProcess(victim);
        }
      }
    }
    return null;
  }

  private static void outage(FaultyProxy server) throws InterruptedException {
    server.resetAll();
    TimeUnit.NANOSECONDS.sleep(OUTAGE.toNanos());
    server.heal();
  }

  private void awaitEnds() throws SQLException, InterruptedException {
    long end = System.nanoTime() + LONGEST_TAIL.toNanos();
    while (number("select count(*) from job where status in ('queued', 'processing')") > 0) {
      assertThat(System.nanoTime()).as("open jobs").isLessThan(end);
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private void report() throws SQLException {
    long jobs = number("select count(*) from job");
    long completed = number("select count(*) from job where status = 'completed'");
    long failed = number("select count(*) from job where status = 'failed'");
    long attempts = number("select sum(attempts) from job");
    int failures = llm.requests() - llm.calls();
    long lost = llm.calls() - completed;
    System.out.printf(
        """
        %d jobs accepted in %d min; %d requests refused, %d not answered; %d processes killed
        %d jobs in the database: %d completed, %d failed, none open
        %d LLM calls: %d answered, %d failed by the provider; %d attempts counted
        %d answers more than jobs completed
        """,
        accepted.size(),
        TIME.toMinutes(),
        refused,
        unanswered,
        kills.get(),
        jobs,
        completed,
        failed,
        llm.requests(),
        llm.calls(),
        failures,
        attempts,
        lost);
    List<String> missing = new ArrayList<>(accepted);
    missing.removeAll(texts("select job_id::text from job where completed_at is not null"));
    assertThat(missing).as("accepted, but not ended").isEmpty();
    assertThat(failed).isZero();
    assertThat((long) llm.requests()).as("calls are counted").isLessThanOrEqualTo(attempts);
    assertThat(lost).as("paid for twice").isBetween(0L, (long) kills.get() * IN_FLIGHT);
  }

  private long number(String sql) throws SQLException {
    return Long.parseLong(texts(sql).getFirst());
  }

  private List<String> texts(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> texts = new ArrayList<>();
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
      return texts;
    }
  }
}
