package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.accounts.Role;
import dev.promptlab.accounts.Tier;
import dev.promptlab.accounts.rdsdata.RdsDataAccountStore;
import dev.promptlab.config.Environment;
import dev.promptlab.local.server.PromptLabProcess.Reply;
import dev.promptlab.local.server.function.LambdaContext;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.worker.sweep.JobSweepHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two processes on the same servers: what is changed through one holds on the other, whose copies
 * are warm and which nobody tells, from the moment that the change was answered.
 */
class InvalidationAcrossProcessesIT {
  private static final int ROUNDS = 25;
  private static final String ADMIN = KeySecret.generate().reveal();

  /** All keys but the epoch's: that one may only be read. */
  private static final String[] EPOCH_READ_ONLY = {
    "ACL", "SETUSER", "default", "resetkeys", "%R~promptlab:epoch", "~promptlab:[^e]*", "~[^p]*"
  };

  private static final String[] ALL_KEYS = {"ACL", "SETUSER", "default", "allkeys"};

  @TempDir private static Path folder;
  private static final Parts parts = new Parts();
  private static final SharedServers servers = parts.add(new SharedServers());
  private static PromptLabProcess a;
  private static PromptLabProcess b;

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> settings =
        servers.environment(
            Map.of(
                "ADMIN_API_KEY",
                ADMIN,
                "RATE_LIMITS",
                "enterprise=1000000",
                // However slow the machine: what a test has used is still in the window.
                "RATE_LIMIT_WINDOW_SECONDS",
                "3600"));
    a = parts.add(PromptLabProcess.start(folder.resolve("a"), settings));
    b = parts.add(PromptLabProcess.start(folder.resolve("b"), settings));
  }

  @AfterAll
  static void stop() {
    parts.close();
  }

  private static String key(String account) {
    return a.newKey(ADMIN, account, "enterprise").path("key").asText();
  }

  @Test
  void servesTheNewVersionNext_whenItWasIdle() {
    String key = key("idle");
    for (int round = 1; round <= ROUNDS; round++) {
      int version = a.putTemplate(ADMIN, "idle", "round %d: {{input}}".formatted(round));
      assertThat(b.generate(key, "idle", "x").templateVersion()).isEqualTo(version);
      Reply warm = b.awaitHit(key, "idle", "x");
      assertThat(warm.templateVersion()).isEqualTo(version);
      assertThat(warm.body().path("output").asText()).contains("round %d: x".formatted(round));
      assertThat(
              b.call("POST", "/templates/idle/render", key, "{\"input\":\"x\"}")
                  .body()
                  .path("prompt")
                  .asText())
          .isEqualTo("round %d: x".formatted(round));
    }
  }

  @Test
  void servesNoAnswerOfTheOldVersion_sentAfterThePutWasAnswered_withHitsInFlightAllTheTime()
      throws Exception {
    String key = key("busy");
    AtomicInteger inForce = new AtomicInteger(a.putTemplate(ADMIN, "busy", "0 {{input}}"));
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger hits = new AtomicInteger();
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> traffic = new ArrayList<>();
      for (int caller = 0; caller < 3; caller++) {
        traffic.add(
            executor.submit(
                () -> {
                  while (!done.get()) {
                    // Read before the request is sent: its PUT has been answered.
                    int least = inForce.get();
                    Reply reply = b.generate(key, "busy", "x");
                    if (!List.of(200, 202).contains(reply.status())
                        || reply.templateVersion() < least) {
                      wrong.add("after version %d: %s".formatted(least, reply));
                    }
                    if (reply.hit()) {
                      hits.incrementAndGet();
                    }
                  }
                }));
      }
      try {
        for (int round = 1; round <= ROUNDS; round++) {
          b.awaitHit(key, "busy", "x");
          inForce.set(a.putTemplate(ADMIN, "busy", round + " {{input}}"));
          assertThat(b.generate(key, "busy", "x").templateVersion()).isEqualTo(inForce.get());
        }
      } finally {
        done.set(true);
      }
      for (Future<?> caller : traffic) {
        caller.get();
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(hits).hasValueGreaterThan(ROUNDS);
  }

  @Test
  void refusesARevokedKey_next() {
    a.putTemplate(ADMIN, "keys", "{{input}}");
    for (int round = 0; round < ROUNDS; round++) {
      JsonNode made = a.newKey(ADMIN, "revoked", "enterprise");
      String key = made.path("key").asText();
      assertThat(b.awaitHit(key, "keys", "x").hit()).isTrue();
      a.call("DELETE", "/api-keys/" + made.path("keyId").asText(), ADMIN, null).expect(204);
      assertThat(b.generate(key, "keys", "x").expect(401).problem()).isEqualTo("unauthorized");
      b.call("GET", "/account", key, null).expect(401);
    }
  }

  @Test
  void acceptsAKey_thatItHasJustRefusedAsUnknown() {
    KeySecret secret = KeySecret.generate();
    for (int i = 0; i < 3; i++) {
      b.call("GET", "/account", secret.reveal(), null).expect(401);
    }
    // What POST /api-keys commits, but with a key that could be tried before.
    try (DataApi database = new DataApi(Environment.of(a.environment()), Duration.ofSeconds(10))) {
      new RdsDataAccountStore(database)
          .create(
              UUID.randomUUID(), secret.hash(), "late", Tier.PRO, Role.CALLER, Optional.empty());
    }
    // Any change that is told.
    a.putTemplate(ADMIN, "late", "{{input}}");
    b.call("GET", "/account", secret.reveal(), null).expect(200);
  }

  @Test
  void honoursALowerTier_next_andAHigherOneSoon() {
    a.putTemplate(ADMIN, "tiers", "{{input}}");
    String key = a.newKey(ADMIN, "sinking", "pro").path("key").asText();
    int used = 1;
    b.generate(key, "tiers", "x");
    while (used < 50) {
      assertThat(b.generate(key, "tiers", "x").status()).isIn(200, 202);
      used++;
    }
    a.putTier(ADMIN, "sinking", "free");
    Reply refused = b.generate(key, "tiers", "x").expect(429);
    assertThat(refused.body().path("limit").asInt()).isEqualTo(10);
    a.putTier(ADMIN, "sinking", "pro");
    awaitAdmitted(key);
    for (used++; used < 100; used++) {
      assertThat(b.generate(key, "tiers", "x").status()).isIn(200, 202);
    }
    b.generate(key, "tiers", "x").expect(429);
  }

  @Test
  void admitsNinetyMore_whenTenAreUsedUpAndTheTierBecomesPro() {
    a.putTemplate(ADMIN, "tiers", "{{input}}");
    String key = a.newKey(ADMIN, "rising", "free").path("key").asText();
    for (int i = 0; i < 10; i++) {
      assertThat(b.generate(key, "tiers", "x").status()).isIn(200, 202);
    }
    b.generate(key, "tiers", "x").expect(429);
    a.putTier(ADMIN, "rising", "pro");
    awaitAdmitted(key);
    for (int i = 1; i < 90; i++) {
      assertThat(b.generate(key, "tiers", "x").status()).isIn(200, 202);
    }
    b.generate(key, "tiers", "x").expect(429);
  }

  /** Who is over the limit is refused for a second without asking what has changed. */
  private static void awaitAdmitted(String key) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (b.generate(key, "tiers", "x").status() == 429) {
      assertThat(System.nanoTime()).as("the higher tier is not honoured").isLessThan(end);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "templateId, dropped-template",
    "inputHash, %s",
    "pattern, gen:job:hash:%s",
    "pattern, gen:job:hash:%.8s*"
  })
  void servesNothingThatWasInvalidated_fromCacheOrDatabase(String field, String value) {
    String template = field.equals("templateId") ? value : "dropped";
    a.putTemplate(ADMIN, template, "{{input}}");
    String key = key("dropping");
    Reply warm = b.awaitHit(key, template, field + " " + value.length());
    assertThat(
            invalidate(field, value.formatted(warm.body().path("inputHash").asText()))
                .path("invalidated")
                .asInt())
        .isEqualTo(1);
    Reply next = b.generate(key, template, field + " " + value.length()).expect(202);
    assertThat(next.jobId()).isNotEqualTo(warm.jobId());
    assertThat(b.awaitHit(key, template, field + " " + value.length()).jobId())
        .as("the fresh result is cached")
        .isEqualTo(next.jobId());
  }

  @Test
  void bringsNothingBack_whenAJobWasRunningMeanwhile() {
    a.putTemplate(ADMIN, "running", "{{input}}");
    String key = key("running");
    String input = SharedServers.HELD;
    String running = b.generate(key, "running", input).expect(202).jobId();
    servers.awaitHeld();
    invalidate("templateId", "running");
    Reply next = b.generate(key, "running", input).expect(202);
    assertThat(next.jobId()).as("it is not joined either").isNotEqualTo(running);
    servers.release();
    assertThat(b.awaitEnd(key, running).path("status").asText()).isEqualTo("completed");
    assertThat(b.awaitHit(key, "running", input).jobId()).isEqualTo(next.jobId());
  }

  @Test
  void forgetsErasedContent_next() throws Exception {
    a.putTemplate(ADMIN, "erased", "{{input}}");
    String key = key("erasing");
    Reply warm = b.awaitHit(key, "erased", "a secret of mine");
    a.call("DELETE", "/jobs/%s/content".formatted(warm.jobId()), key, null).expect(204);
    JsonNode job = b.call("GET", "/jobs/" + warm.jobId(), key, null).expect(200).body();
    assertThat(job.has("output")).isFalse();
    Reply next = b.generate(key, "erased", "a secret of mine").expect(202);
    assertThat(next.jobId()).isNotEqualTo(warm.jobId());
    assertThat(number("select count(*) from job_input where job_id = '%s'".formatted(warm.jobId())))
        .isZero();
  }

  @Test
  void makesAChangeGood_thatWasCommittedButNotTold_inTheNextSweep() throws Exception {
    String key = key("untold");
    int before = a.putTemplate(ADMIN, "untold", "before {{input}}");
    assertThat(b.awaitHit(key, "untold", "x").templateVersion()).isEqualTo(before);
    servers.redis(EPOCH_READ_ONLY);
    try {
      Reply refused =
          a.call("PUT", "/templates/untold", ADMIN, PromptLabProcess.template("after {{input}}"));
      assertThat(refused.expect(503).problem()).isEqualTo("change-not-in-force");
      assertThat(refused.headers()).containsEntry("retry-after", "60");
      a.call("GET", "/templates/untold?version=" + (before + 1), key, null).expect(200);
    } finally {
      servers.redis(ALL_KEYS);
    }
    sweep();
    assertThat(b.generate(key, "untold", "x").templateVersion()).isEqualTo(before + 1);
    assertThat(number("select count(*) from epoch_change")).isZero();
  }

  @Test
  void makesAChangeGood_thatWasCommittedButNotTold_whenItIsRepeated() throws Exception {
    String key = key("repeated");
    int before = a.putTemplate(ADMIN, "repeated", "before {{input}}");
    assertThat(b.awaitHit(key, "repeated", "x").templateVersion()).isEqualTo(before);
    servers.redis(EPOCH_READ_ONLY);
    try {
      a.call("PUT", "/templates/repeated", ADMIN, PromptLabProcess.template("after {{input}}"))
          .expect(503);
    } finally {
      servers.redis(ALL_KEYS);
    }
    assertThat(a.putTemplate(ADMIN, "repeated", "after {{input}}")).isEqualTo(before + 1);
    assertThat(b.generate(key, "repeated", "x").templateVersion()).isEqualTo(before + 1);
  }

  @Test
  void refusesAChangeUncommitted_whenRedisIsGone_andGoesByTheDatabaseOnceItIsBackEmpty()
      throws Exception {
    String key = key("gone");
    int before = a.putTemplate(ADMIN, "gone", "before {{input}}");
    JsonNode kept = a.newKey(ADMIN, "gone", "enterprise");
    assertThat(b.awaitHit(key, "gone", "x").templateVersion()).isEqualTo(before);
    servers.redis(EPOCH_READ_ONLY);
    a.call("PUT", "/templates/gone", ADMIN, PromptLabProcess.template("after {{input}}"))
        .expect(503);
    servers.redis().kill();
    for (Reply refused :
        List.of(
            a.call("PUT", "/templates/gone", ADMIN, PromptLabProcess.template("no {{input}}")),
            a.call("DELETE", "/api-keys/" + kept.path("keyId").asText(), ADMIN, null))) {
      assertThat(refused.expect(503).problem()).isEqualTo("rate-limiter-unavailable");
      assertThat(refused.headers()).containsKey("retry-after");
    }
    servers.redis().restart();
    Reply next = b.generate(key, "gone", "x");
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (next.status() == 503) {
      assertThat(System.nanoTime()).as("Redis is not used again").isLessThan(end);
      next = b.generate(key, "gone", "x");
    }
    assertThat(next.templateVersion())
        .as("the change that was committed, and none that was refused before")
        .isEqualTo(before + 1);
    b.call("GET", "/account", kept.path("key").asText(), null).expect(200);
    b.call("GET", "/templates/gone?version=" + (before + 2), key, null).expect(404);
  }

  private static JsonNode invalidate(String field, String value) {
    return a.call(
            "POST",
            "/cache/invalidate",
            ADMIN,
            "{\"%s\":\"%s\",\"reason\":\"a test\"}".formatted(field, value))
        .expect(200)
        .body();
  }

  /** What the schedule does a minute later. */
  private static void sweep() throws IOException {
    servers.redis("HSET", "promptlab:sweep", "at", "0");
    try (JobSweepHandler handler = new JobSweepHandler(Environment.of(a.environment()))) {
      handler.handleRequest(Map.of(), new LambdaContext("sweep", 512, Duration.ofMinutes(1)));
    }
  }

  private static long number(String sql) throws Exception {
    try (Connection connection = servers.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
