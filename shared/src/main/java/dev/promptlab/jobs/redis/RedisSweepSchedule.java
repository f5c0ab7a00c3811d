package dev.promptlab.jobs.redis;

import dev.promptlab.jobs.SweepSchedule;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisScript;
import dev.promptlab.redis.RedisUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The schedule under one key, {@code promptlab:sweep}, without an expiry. Thread-safe. */
public final class RedisSweepSchedule implements SweepSchedule {
  private static final String KEY = "promptlab:sweep";
  private static final RedisScript EXPECT =
      RedisScript.fromResource(RedisSweepSchedule.class, "expect-sweep.lua");
  private static final RedisScript READ =
      RedisScript.fromResource(RedisSweepSchedule.class, "read-sweep.lua");
  private static final RedisScript SETTLE =
      RedisScript.fromResource(RedisSweepSchedule.class, "settle-sweep.lua");
  private static final Logger LOG = LoggerFactory.getLogger(RedisSweepSchedule.class);

  private final RedisConnection redis;

  public RedisSweepSchedule(RedisConnection redis) {
    this.redis = redis;
  }

  @Override
  public boolean expect() {
    try {
      redis.evaluate(EXPECT, KEY, bytes(SOON.toMillis()));
      return true;
    } catch (RedisUnavailableException e) {
      LOG.atLevel(e.logLevel()).log("The sweeper is not told: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public Optional<Reading> read() {
    try {
      List<Object> reply = redis.evaluate(READ, KEY);
      return Optional.of(
          new Reading(
              reply.getFirst().equals(1L),
              new String((byte[]) reply.getLast(), StandardCharsets.US_ASCII)));
    } catch (RedisUnavailableException e) {
      LOG.atLevel(e.logLevel()).log("The database is asked at once: {}", e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public void settle(Reading reading, Duration next) {
    try {
      redis.evaluate(SETTLE, KEY, bytes(reading.version()), bytes(next.toMillis()));
    } catch (RedisUnavailableException e) {
      LOG.atLevel(e.logLevel()).log("The database is asked again next time: {}", e.getMessage());
    }
  }

  private static byte[] bytes(Object text) {
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
