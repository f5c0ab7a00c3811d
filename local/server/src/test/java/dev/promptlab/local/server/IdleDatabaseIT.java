package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.config.Environment;
import dev.promptlab.local.server.function.LambdaContext;
import dev.promptlab.worker.sweep.JobSweepHandler;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The sweep of each minute lets a database sleep that has nothing to tell. */
class IdleDatabaseIT {
  private static final Parts parts = new Parts();
  private static RunningPromptLab promptLab;
  private static FaultyProxy database;
  private static JobSweepHandler sweep;

  @BeforeAll
  static void start() {
    promptLab = parts.add(RunningPromptLab.start(Map.of()));
    Map<String, String> settings = new TreeMap<>(promptLab.promptLab().environment());
    database =
        parts.add(
            FaultyProxy.start(URI.create(settings.get("AWS_ENDPOINT_URL_RDS_DATA")).getPort()));
    settings.put("AWS_ENDPOINT_URL_RDS_DATA", "http://127.0.0.1:" + database.port());
    settings.put("REDIS_COMMAND_TIMEOUT_MS", "5000");
    sweep = parts.add(new JobSweepHandler(Environment.of(settings)));
  }

  @AfterAll
  static void stop() {
    parts.close();
  }

  /** How often the database was asked in one run. */
  private static int asked() {
    int before = database.roundTrips();
    sweep.handleRequest(Map.of(), new LambdaContext("promptlab-sweep", 512, Duration.ofMinutes(1)));
    return database.roundTrips() - before;
  }

  /** As if what was expected had been a minute ago. */
  private static void aMinuteLater() throws IOException {
    RedisWire.send(promptLab.redis().port(), "HSET", "promptlab:sweep", "at", "0");
  }

  @Test
  void isAskedWhenSomethingMayBeDue_andNotAgainUntilThen() throws IOException {
    promptLab.completed("idle");
    aMinuteLater();
    assertThat(asked()).isPositive();
    for (int i = 0; i < 5; i++) {
      assertThat(asked()).isZero();
    }

    promptLab.completed("busy again");
    assertThat(asked()).as("not before a minute is over").isZero();
    aMinuteLater();
    assertThat(asked()).isPositive();
    assertThat(asked()).isZero();
  }

  @Test
  void isAsked_whenRedisHasForgotten() throws IOException {
    aMinuteLater();
    asked();
    assertThat(asked()).isZero();
    assertThat(RedisWire.send(promptLab.redis().port(), "DEL", "promptlab:sweep")).startsWith(":1");
    assertThat(asked()).isPositive();
    assertThat(asked()).isZero();
  }
}
