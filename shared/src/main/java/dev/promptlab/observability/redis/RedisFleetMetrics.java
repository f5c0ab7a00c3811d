package dev.promptlab.observability.redis;

import dev.promptlab.observability.Counter;
import dev.promptlab.observability.EmbeddedMetrics;
import dev.promptlab.observability.FleetMetrics;
import dev.promptlab.observability.MetricsUnavailableException;
import dev.promptlab.observability.PendingCounts;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisPipeline;
import dev.promptlab.redis.RedisUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fleet's counters in one hash, {@code promptlab:metrics}, a field for each series.
 * Thread-safe.
 */
public final class RedisFleetMetrics implements FleetMetrics {
  private static final String KEY = "promptlab:metrics";
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(RedisFleetMetrics.class);

  private final RedisConnection redis;
  private final EmbeddedMetrics embedded;
  private final PendingCounts pending = new PendingCounts();
  private final AtomicLong nextRide = new AtomicLong(System.nanoTime());

  public RedisFleetMetrics(RedisConnection redis) {
    this(redis, EmbeddedMetrics.none());
  }

  /**
   * With a second place to count in.
   *
   * @param embedded is told all that is counted, too
   */
  public RedisFleetMetrics(RedisConnection redis, EmbeddedMetrics embedded) {
    this.redis = redis;
    this.embedded = embedded;
  }

  @Override
  public void add(Counter counter, long amount, String... labelValues) {
    pending.add(counter, amount, labelValues);
    embedded.add(counter, amount, labelValues);
  }

  /**
   * Lets what was counted before travel with a pipeline that the caller sends, about once a second.
   *
   * @return what to call if that could not be sent
   */
  public Runnable rideOn(RedisPipeline pipeline) {
    long now = System.nanoTime();
    long due = nextRide.get();
    if (now - due < 0 || !nextRide.compareAndSet(due, now + PAUSE.toNanos())) {
      return () -> {};
    }
    Map<String, Long> counts = pending.drain();
    counts.forEach((series, amount) -> pipeline.increment(KEY, series, amount));
    return () -> pending.restore(counts);
  }

  @Override
  public void flush() {
    Map<String, Long> counts = pending.drain();
    if (counts.isEmpty()) {
      return;
    }
    RedisPipeline pipeline = new RedisPipeline();
    counts.forEach((series, amount) -> pipeline.increment(KEY, series, amount));
    try {
      redis.send(pipeline);
    } catch (RedisUnavailableException e) {
      LOG.atLevel(e.logLevel()).log("Counts travel later: {}", e.getMessage());
      if (!e.underWay()) {
        pending.restore(counts);
      }
    }
  }

  @Override
  public Map<String, Long> totals() {
    Map<String, byte[]> fields;
    try {
      fields = redis.call(commands -> commands.hgetall(KEY));
    } catch (RedisUnavailableException e) {
      throw new MetricsUnavailableException(e);
    }
    Map<String, Long> totals = new HashMap<>();
    fields.forEach(
        (series, total) ->
            totals.put(series, Long.parseLong(new String(total, StandardCharsets.US_ASCII))));
    return totals;
  }
}
