package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.config.Environment;
import dev.promptlab.generate.GenerateHandler;
import dev.promptlab.local.server.CountedServers.Asked;
import dev.promptlab.local.services.LocalRedis;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a hit costs: counted at Redis, and at proxies in front of Redis and the database. */
class HitRoundTripsIT {
  private static final int HITS = 50;

  private static final Parts parts = new Parts();
  private static RunningPromptLab promptLab;
  private static CountedServers servers;

  @BeforeAll
  static void start() {
    promptLab = parts.add(RunningPromptLab.start(Map.of()));
    promptLab.completed("again and again");
    servers = parts.add(new CountedServers(promptLab));
  }

  @AfterAll
  static void stop() {
    parts.close();
  }

  @Test
  void isOneRoundTripOfThreeCommands_andNothingElse() throws Exception {
    GenerateHandler handler = parts.add(new GenerateHandler(Environment.of(servers.settings())));
    hit(handler);
    RedisMonitor monitor = parts.add(RedisMonitor.start(promptLab.redis().port()));
    Asked before = servers.asked();

    for (int i = 0; i < HITS; i++) {
      hit(handler);
    }

    Asked asked = servers.asked().since(before);
    List<String> commands = withoutCounts(monitor.seen());
    assertThat(asked).isEqualTo(new Asked(HITS, 0, 0));
    assertThat(commands).hasSize(3 * HITS);
    assertThat(commands).filteredOn(it -> it.startsWith("\"EVALSHA\"")).hasSize(HITS);
    assertThat(commands).filteredOn(it -> it.equals("\"GET\" \"promptlab:epoch\"")).hasSize(HITS);
    assertThat(commands).filteredOn(it -> it.startsWith("\"GET\" \"gen:job:hash:")).hasSize(HITS);
    System.out.printf(
        "%d hits: %d round trips to Redis, %d commands, none to the database%n",
        HITS, asked.redis(), commands.size());
  }

  @Test
  void isOneRoundTripToEach_atTheSameTime_whereTheCacheHasARedisOfItsOwn() throws Exception {
    LocalRedis ownRedis = parts.add(LocalRedis.start(Optional.empty()));
    FaultyProxy cache = parts.add(FaultyProxy.start(ownRedis.port()));
    Map<String, String> separate =
        servers.settingsWith("REDIS_CACHE_URL", "redis://127.0.0.1:" + cache.port());
    GenerateHandler handler = parts.add(new GenerateHandler(Environment.of(separate)));
    // From the database: it fills this cache.
    hit(handler);
    hit(handler);
    RedisMonitor limits = parts.add(RedisMonitor.start(promptLab.redis().port()));
    RedisMonitor results = parts.add(RedisMonitor.start(ownRedis.port()));
    Asked before = servers.asked();
    int cacheBefore = cache.roundTrips();

    for (int i = 0; i < HITS; i++) {
      hit(handler);
    }

    assertThat(withoutCounts(limits.seen())).hasSize(2 * HITS);
    assertThat(results.seen())
        .hasSize(HITS)
        .allMatch(it -> it.startsWith("\"GET\" \"gen:job:hash:"));
    assertThat(servers.asked().since(before)).isEqualTo(new Asked(HITS, 0, 0));
    assertThat(cache.roundTrips() - cacheBefore).isEqualTo(HITS);

    // One after the other they would take twice as long.
    Duration slow = Duration.ofMillis(600);
    servers.redis().slowDown(slow);
    cache.slowDown(slow);
    long began = System.nanoTime();
    hit(handler);
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isBetween(slow, slow.multipliedBy(2).minusMillis(1));
  }

  /** Counts of what was served before, about once a second, in the same round trip. */
  private static List<String> withoutCounts(List<String> commands) {
    return commands.stream()
        .filter(it -> !it.startsWith("\"HINCRBY\" \"promptlab:metrics\""))
        .filter(it -> !(it.startsWith("\"EVAL\"") && it.contains("\"promptlab:popular\"")))
        .toList();
  }

  private static void hit(GenerateHandler handler) {
    APIGatewayV2HTTPResponse reply = HandlerCalls.generate(handler, "again and again");
    assertThat(reply.getStatusCode()).as(reply.getBody()).isEqualTo(200);
    assertThat(reply.getHeaders()).containsEntry("X-Cache", "HIT");
  }
}
