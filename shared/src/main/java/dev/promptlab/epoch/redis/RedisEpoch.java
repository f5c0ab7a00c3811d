package dev.promptlab.epoch.redis;

import dev.promptlab.epoch.Epoch;
import dev.promptlab.epoch.EpochReading;
import dev.promptlab.epoch.EpochUnavailableException;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisPipeline;
import dev.promptlab.redis.RedisReply;
import dev.promptlab.redis.RedisScript;
import dev.promptlab.redis.RedisUnavailableException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The epoch under one key, {@code promptlab:epoch}, without an expiry. Thread-safe. */
public final class RedisEpoch implements Epoch {
  static final String KEY = "promptlab:epoch";
  private static final int TOKEN_BYTES = 16;
  private static final RedisScript READ = RedisScript.fromResource(RedisEpoch.class, "read.lua");

  private final RedisConnection redis;
  private final SecureRandom random = new SecureRandom();

  public RedisEpoch(RedisConnection redis) {
    this.redis = redis;
  }

  @Override
  public void advance() {
    try {
      redis.call(commands -> commands.set(KEY, freshToken()));
    } catch (RedisUnavailableException e) {
      throw new EpochUnavailableException(e);
    }
  }

  /** The token in force, as a part of a pipeline that the caller sends; empty if there is none. */
  public RedisReply<Optional<String>> token(RedisPipeline pipeline) {
    RedisReply<byte @Nullable []> reply = pipeline.get(KEY);
    return () ->
        Optional.ofNullable(reply.get()).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  @Override
  public EpochReading read() {
    try {
      List<Object> reply = redis.evaluate(READ, KEY, freshToken());
      return new EpochReading(
          new String((byte[]) reply.getFirst(), StandardCharsets.UTF_8),
          Instant.ofEpochMilli((Long) reply.getLast()));
    } catch (RedisUnavailableException e) {
      throw new EpochUnavailableException(e);
    }
  }

  private byte[] freshToken() {
    byte[] token = new byte[TOKEN_BYTES];
    random.nextBytes(token);
    return HexFormat.of().formatHex(token).getBytes(StandardCharsets.US_ASCII);
  }
}
