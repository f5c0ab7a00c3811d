package dev.promptlab.observability.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.config.Environment;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.EmbeddedMetrics;
import dev.promptlab.observability.MetricsUnavailableException;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisPipeline;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RedisFleetMetricsIT {
  private final LocalRedis server = LocalRedis.start(Optional.empty());
  private final RedisConnection redis =
      new RedisConnection(
          new RedisSettings(server.url(), Duration.ofSeconds(5)), Clock.systemUTC());

  @AfterEach
  void stop() {
    redis.close();
    server.close();
  }

  @Test
  void addsUpWhatAllInstancesHaveCounted() {
    RedisFleetMetrics one = new RedisFleetMetrics(redis);
    RedisFleetMetrics two = new RedisFleetMetrics(redis);
    one.count(Counter.CACHE_HITS, "pro");
    two.count(Counter.CACHE_HITS, "pro");
    two.add(Counter.LLM_COST, 12);
    one.flush();
    two.flush();
    two.flush();
    assertThat(one.totals())
        .containsEntry("cache_hits_total{tier=\"pro\"}", 2L)
        .containsEntry("llm_cost_usd_total", 12L);
  }

  @Test
  void tellsTheLogAllThatIsCounted_alsoWhileRedisIsAway() {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    EmbeddedMetrics embedded =
        new EmbeddedMetrics(
            Environment.of(Map.of("METRICS_STACK", "promptlab")),
            Clock.systemUTC(),
            new PrintStream(log, true, StandardCharsets.UTF_8));
    server.kill();

    new RedisFleetMetrics(redis, embedded).count(Counter.RATE_LIMIT_UNAVAILABLE, "pro");
    embedded.write();

    assertThat(log.toString(StandardCharsets.UTF_8)).contains("\"rate_limit_unavailable_total\":1");
  }

  @Test
  void ridesWithOtherCommands_atMostOnceASecond() {
    RedisFleetMetrics metrics = new RedisFleetMetrics(redis);
    metrics.count(Counter.CACHE_ERRORS);
    ride(metrics);
    assertThat(metrics.totals()).containsEntry("cache_errors_total", 1L);
    metrics.count(Counter.CACHE_ERRORS);
    ride(metrics);
    assertThat(metrics.totals()).containsEntry("cache_errors_total", 1L);
    metrics.flush();
    assertThat(metrics.totals()).containsEntry("cache_errors_total", 2L);
  }

  private void ride(RedisFleetMetrics metrics) {
    RedisPipeline pipeline = new RedisPipeline();
    pipeline.get("any");
    var _ = metrics.rideOn(pipeline);
    redis.send(pipeline);
  }

  @Test
  void keepsWhatItCouldNotSend() {
    RedisFleetMetrics metrics = new RedisFleetMetrics(redis);
    metrics.flush();
    redis.check();
    server.kill();
    metrics.count(Counter.CACHE_ERRORS);
    metrics.flush();
    assertThatThrownBy(metrics::totals).isInstanceOf(MetricsUnavailableException.class);
    server.restart();
    assertThat(recovered(metrics)).isEqualTo(1L);
  }

  private long recovered(RedisFleetMetrics metrics) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (System.nanoTime() < end) {
      metrics.flush();
      try {
        Long total = metrics.totals().get("cache_errors_total");
        if (total != null) {
          return total;
        }
      } catch (MetricsUnavailableException e) {
        Thread.onSpinWait();
      }
    }
    return -1;
  }
}
