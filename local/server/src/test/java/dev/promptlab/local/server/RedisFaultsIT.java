package dev.promptlab.local.server;

import static dev.promptlab.local.server.RunningPromptLab.body;
import static dev.promptlab.local.server.RunningPromptLab.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.config.Environment;
import dev.promptlab.generate.GenerateHandler;
import dev.promptlab.local.services.LocalPostgres;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.testing.BreakerLog;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What callers see while something is wrong with Redis, and after; prints the table of {@code
 * docs/reliability.md}. Redis keeps its data, so that what was charged before a fault still counts
 * after it. Bounds on time are generous: the machine may be busy.
 */
class RedisFaultsIT {
  private static final int LIMIT = 100;
  private static final int USED_BEFORE = 5;
  private static final int ASKED = 240;
  private static final int ASKED_IF_SERVED = 40;
  private static final int REFUSED_AT_ONCE = 1_000;
  private static final String KNOWN = "known";

  @TempDir private static Path folder;
  private static final Parts parts = new Parts();
  private static final List<String> table = new ArrayList<>();
  private static final AtomicInteger callers = new AtomicInteger(1_000);
  private static final LocalPostgres postgres = parts.add(LocalPostgres.start(Optional.empty()));
  private static LocalRedis redis;
  private static FaultyProxy proxy;
  private static BreakerLog breaker;
  private static RunningPromptLab promptLab;

  /** One that waits for Redis as long as a busy machine may make it: nothing is to be refused. */
  private static RunningPromptLab patient;

  private static String jobId;

  /** Something that is wrong with Redis for a while. */
  @SuppressWarnings("ImmutableEnumChecker") // its steps have no state
  enum Fault {
    STOPPED("stopped (SIGTERM)", () -> redis.stop(), () -> redis.restart()),
    KILLED("killed (SIGKILL)", () -> redis.kill(), () -> redis.restart()),
    FROZEN("frozen (SIGSTOP)", () -> redis.suspend(), () -> redis.resume()),
    FROZEN_AND_CUT(
        "frozen, and its connections lost",
        () -> {
          redis.suspend();
          proxy.cut();
        },
        () -> redis.resume()),
    SLOW("slow (+200 ms)", () -> proxy.slowDown(Duration.ofMillis(200)), () -> proxy.heal()),
    RESETTING("resets each connection", () -> proxy.resetAll(), () -> proxy.heal()),
    READ_ONLY(
        "a read-only replica",
        () -> command("REPLICAOF", "127.0.0.1", "1"),
        () -> command("REPLICAOF", "NO", "ONE")),
    REFUSING_EVAL(
        "refuses `EVAL` and `EVALSHA` (ACL)",
        () -> command("ACL", "SETUSER", "default", "-eval", "-evalsha"),
        () -> command("ACL", "SETUSER", "default", "+eval", "+evalsha")),
    /** A script that has begun to write may go on; this one begins with taking out what is old. */
    OUT_OF_MEMORY(
        "out of memory (noeviction)",
        () -> command("CONFIG", "SET", "maxmemory", "1"),
        () -> command("CONFIG", "SET", "maxmemory", "0")),
    CUT_ONCE("lost its connections once", () -> proxy.cut()),
    SCRIPTS_FLUSHED("forgot its scripts", () -> command("SCRIPT", "FLUSH")),
    REFUSING_SCRIPT(
        "refuses `SCRIPT` (ACL)",
        () -> {
          command("SCRIPT", "FLUSH");
          command("ACL", "SETUSER", "default", "-script");
        },
        () -> command("ACL", "SETUSER", "default", "+script"));

    private final String text;
    private final Step begin;
    private final Optional<Step> end;

    Fault(String text, Step begin, Step end) {
      this.text = text;
      this.begin = begin;
      this.end = Optional.of(end);
    }

    /** One that is over at once. */
    Fault(String text, Step begin) {
      this.text = text;
      this.begin = begin;
      this.end = Optional.empty();
    }

    boolean harmless() {
      return compareTo(OUT_OF_MEMORY) >= 0;
    }

    String input(int i) {
      // The worker cannot keep results without memory: that is another breaker's matter.
      return i % 2 == 0 || this == OUT_OF_MEMORY ? KNOWN : this + " " + i;
    }
  }

  /** Begins or ends a fault. */
  interface Step {
    void take() throws IOException;
  }

  @BeforeAll
  static void start() {
    redis = LocalRedis.start(Optional.of(folder));
    proxy = parts.add(FaultyProxy.start(redis.port()));
    breaker = parts.add(new BreakerLog());
    // As on AWS.
    promptLab = promptLab("50");
    patient = promptLab("5000");
    jobId = patient.completed(KNOWN);
    // Code that is cold may take more than 50 ms.
    assertThat(Caller.next(promptLab).admitted(1)).isEqualTo(1);
  }

  private static RunningPromptLab promptLab(String commandTimeoutMs) {
    return parts.add(
        RunningPromptLab.start(
            Map.of(
                "DATABASE_URL",
                postgres.jdbcUrl(),
                "RATE_LIMITS",
                "anonymous=" + LIMIT,
                // What a test has used is still in the window at its end.
                "RATE_LIMIT_WINDOW_SECONDS",
                "3600",
                "REDIS_COMMAND_TIMEOUT_MS",
                commandTimeoutMs),
            redis,
            proxy.port()));
  }

  @AfterAll
  static void stop() {
    System.out.println(
        "| Redis | `POST /generate` | requests | p50 | p99 | p99, breaker open | served again after |");
    System.out.println("|---|---|---|---|---|---|---|");
    table.forEach(System.out::println);
    parts.close();
  }

  private static void command(String... words) throws IOException {
    assertThat(RedisWire.send(redis.port(), words)).startsWith("+OK");
  }

  /** A caller with an address of its own, and what it has been charged. */
  private record Caller(RunningPromptLab promptLab, int number, HttpClient client) {
    static Caller next(RunningPromptLab promptLab) {
      int number = callers.incrementAndGet();
      return new Caller(promptLab, number, RunningPromptLab.caller(number));
    }

    HttpResponse<String> generate(String input) {
      return send(client, promptLab.generate(input));
    }

    long charged() throws IOException {
      return RedisWire.number(
          redis.port(),
          "ZCARD",
          "api-ratelimit:ip:127.0.%d.%d".formatted(number / 250, number % 250 + 1));
    }

    /** Asks until so many are admitted, or until its limit is reached. */
    int admitted(int most) {
      int admitted = 0;
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (admitted < most) {
        HttpResponse<String> reply = generate(KNOWN);
        if (reply.statusCode() == 429) {
          return admitted;
        }
        // A busy machine may take more than 50 ms now and then.
        assertThat(reply.statusCode()).as(reply.body()).isIn(200, 503);
        admitted += reply.statusCode() == 200 ? 1 : 0;
        assertThat(System.nanoTime()).as("in time").isLessThan(end);
      }
      return admitted;
    }
  }

  /** An answer, how long it took, and whether the breaker was open all the time. */
  private record Timed(HttpResponse<String> reply, long nanos, boolean breakerOpen) {
    static Timed generate(Caller caller, String input) {
      int before = breaker.size();
      boolean open = breaker.state().equals("OPEN");
      long start = System.nanoTime();
      HttpResponse<String> reply = caller.generate(input);
      long nanos = System.nanoTime() - start;
      return new Timed(reply, nanos, open && breaker.size() == before);
    }
  }

  /** What is there only if something was accepted. */
  private record Accepted(long jobs, int llmCalls) {
    static Accepted now() throws Exception {
      try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl());
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT count(*) FROM job")) {
        rows.next();
        return new Accepted(rows.getLong(1), promptLab.llm().calls() + patient.llm().calls());
      }
    }
  }

  /** What monitoring sees. */
  private record Counts(long opened, long unavailable) {
    static Counts now() {
      HttpRequest request =
          promptLab.request("/metrics").header("X-Api-Key", promptLab.adminKey()).build();
      HttpResponse<String> reply = send(Caller.next(promptLab).client(), request);
      for (int i = 0; i < 50 && reply.statusCode() == 503; i++) {
        reply = send(Caller.next(promptLab).client(), request);
      }
      assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
      return new Counts(
          sum(reply.body(), "redis_breaker_transitions_total{state=\"open\"}"),
          sum(reply.body(), "rate_limit_unavailable_total{tier=\"anonymous\"}"));
    }

    private static long sum(String text, String series) {
      return text.lines()
          .filter(line -> line.startsWith(series + " "))
          .mapToLong(line -> Long.parseLong(line.substring(series.length() + 1)))
          .sum();
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesAndRecovers_orServes_whenRedis(Fault fault) throws Exception {
    RunningPromptLab asked = fault.harmless() ? patient : promptLab;
    Caller caller = Caller.next(asked);
    assertThat(caller.admitted(USED_BEFORE)).isEqualTo(USED_BEFORE);
    Accepted before = Accepted.now();
    Counts counted = Counts.now();
    int linesBefore = breaker.size();

    fault.begin.take();
    List<Timed> seen = new ArrayList<>();
    try {
      for (int i = 0; i < (fault.harmless() ? ASKED_IF_SERVED : ASKED); i++) {
        seen.add(Timed.generate(caller, fault.input(i)));
      }
      if (!fault.harmless()) {
        seen.forEach(RedisFaultsIT::assertRefused);
        assertShowsJobs(Caller.next(promptLab));
        assertThat(Accepted.now()).isEqualTo(before);
      }
    } finally {
      if (fault.end.isPresent()) {
        fault.end.get().take();
      }
    }
    long ended = System.nanoTime();
    assertThat(Caller.next(asked).admitted(1)).isEqualTo(1);
    Duration recovery = Duration.ofNanos(System.nanoTime() - ended);

    assertThat(recovery).isLessThan(Duration.ofSeconds(2));
    List<String> transitions = breaker.transitions().subList(linesBefore, breaker.size());
    assertChain(transitions);
    long served = seen.stream().filter(it -> it.reply().statusCode() != 503).count();
    if (fault.harmless()) {
      assertThat(served).isEqualTo(ASKED_IF_SERVED);
    } else {
      assertThat(Accepted.now()).isEqualTo(before);
      assertThat(transitions).isNotEmpty();
      assertThat(Counts.now().opened()).isGreaterThan(counted.opened());
      assertThat(Counts.now().unavailable()).isGreaterThan(counted.unavailable());
    }
    awaitCharged(caller, USED_BEFORE + served);
    assertThat(caller.admitted(LIMIT + 1)).isEqualTo((int) (LIMIT - USED_BEFORE - served));
    assertThat(caller.charged()).isEqualTo(LIMIT);
    table.add(row(fault, seen, recovery));
  }

  /** What the function takes of it, without the HTTP, once it knows that Redis does not answer. */
  @Test
  void refusesAtOnce_whileTheBreakerIsOpen() {
    GenerateHandler handler =
        parts.add(new GenerateHandler(Environment.of(promptLab.promptLab().environment())));
    awaitServed(handler);
    List<Long> nanos = new ArrayList<>();
    redis.suspend();
    try {
      while (nanos.size() < REFUSED_AT_ONCE) {
        int before = breaker.size();
        boolean open = breaker.state().equals("OPEN");
        long began = System.nanoTime();
        assertThat(HandlerCalls.generate(handler, KNOWN).getStatusCode()).isEqualTo(503);
        if (open && breaker.size() == before) {
          nanos.add(System.nanoTime() - began);
        }
      }
    } finally {
      redis.resume();
    }
    awaitServed(handler);
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    System.out.printf(
        "%d refusals by the function while the breaker is open: p50 %.2f ms, p99 %.2f ms%n",
        sorted.length,
        sorted[sorted.length / 2] / 1_000_000.0,
        sorted[sorted.length * 99 / 100] / 1_000_000.0);
  }

  /** Cold code on a busy machine may take more than 50 ms. */
  private static void awaitServed(GenerateHandler handler) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (HandlerCalls.generate(handler, KNOWN).getStatusCode() == 503) {
      assertThat(System.nanoTime()).as("not served in time").isLessThan(end);
    }
  }

  private static void assertRefused(Timed seen) {
    assertThat(seen.reply().statusCode()).as(seen.reply().body()).isEqualTo(503);
    assertThat(body(seen.reply()).path("type").asText())
        .isEqualTo("urn:promptlab:problem:rate-limiter-unavailable");
    assertThat(seen.reply().headers().firstValue("retry-after")).hasValue("1");
    assertThat(seen.nanos()).isLessThan(Duration.ofSeconds(3).toNanos());
  }

  private static void assertShowsJobs(Caller caller) {
    HttpResponse<String> job = send(caller.client(), promptLab.request("/jobs/" + jobId).build());
    assertThat(job.statusCode()).as(job.body()).isEqualTo(200);
    assertThat(body(job).path("status").asText()).isEqualTo("completed");
    assertThat(job.headers().firstValue("x-ratelimit-degraded")).hasValue("true");
  }

  /** One line for each transition, none twice and none missing, and closed in the end. */
  private static void assertChain(List<String> transitions) {
    String state = "CLOSED";
    for (String transition : transitions) {
      assertThat(BreakerLog.from(transition)).as(transitions.toString()).isEqualTo(state);
      state = BreakerLog.to(transition);
    }
    assertThat(state).as(transitions.toString()).isEqualTo("CLOSED");
  }

  /** What was charged and refused may take a moment to be given back. */
  private static void awaitCharged(Caller caller, long expected) throws IOException {
    long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
    while (caller.charged() != expected) {
      assertThat(System.nanoTime())
          .as("charged: %d, not %d", caller.charged(), expected)
          .isLessThan(end);
    }
  }

  private static String row(Fault fault, List<Timed> seen, Duration recovery) {
    return "| %s | %s | %d | %s | %s | %s | %s |"
        .formatted(
            fault.text,
            fault.harmless() ? "is served" : "503",
            seen.size(),
            millis(seen, 0.5),
            millis(seen, 0.99),
            millis(seen.stream().filter(Timed::breakerOpen).toList(), 0.99),
            fault.harmless() ? "–" : recovery.toMillis() + " ms");
  }

  private static String millis(Collection<Timed> seen, double quantile) {
    long[] sorted = seen.stream().mapToLong(Timed::nanos).sorted().toArray();
    return sorted.length == 0
        ? "–"
        : "%.1f ms".formatted(sorted[(int) Math.ceil(sorted.length * quantile) - 1] / 1_000_000.0);
  }
}
