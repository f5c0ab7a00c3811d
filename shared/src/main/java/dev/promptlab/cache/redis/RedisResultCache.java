package dev.promptlab.cache.redis;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisScript;
import dev.promptlab.redis.RedisUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results in Redis, one key each: {@code gen:job:hash:<inputHash>}. Thread-safe if the random
 * generator is.
 */
public final class RedisResultCache implements ResultCache {
  static final String KEY_PREFIX = "gen:job:hash:";
  private static final double JITTER = 0.1;
  private static final RedisScript SET_IF_YOUNGER =
      RedisScript.fromResource(RedisResultCache.class, "set-if-younger.lua");
  private static final byte[] KNOWN_FORMATS = {EntryFormat.PLAIN, EntryFormat.BROTLI};
  private static final Logger LOG = LoggerFactory.getLogger(RedisResultCache.class);

  private final RedisConnection redis;
  private final Clock clock;
  private final RandomGenerator random;

  public RedisResultCache(RedisConnection redis, Clock clock, RandomGenerator random) {
    this.redis = redis;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public Optional<CachedResult> get(InputHash hash) {
    byte @Nullable [] entry =
        openly(
            "get", null, () -> redis.<byte @Nullable []>call(commands -> commands.get(key(hash))));
    if (entry == null) {
      return Optional.empty();
    }
    try {
      CachedResult result = EntryFormat.decode(entry);
      if (!result.inputHash().equals(hash)) {
        throw new UnreadableEntryException("the result of another input");
      }
      return Optional.of(result);
    } catch (UnreadableEntryException e) {
      LOG.warn("Unreadable cache entry deleted: {}: {}", key(hash), e.getMessage());
      delete(hash);
      return Optional.empty();
    }
  }

  @Override
  public void set(CachedResult result) {
    Duration left = Duration.between(clock.instant(), result.cacheableUntil());
    long ttl = (long) (left.toMillis() * (1 - JITTER * random.nextDouble()));
    if (ttl < 1) {
      return;
    }
    byte[] entry = EntryFormat.encode(result);
    openly(
        "set",
        null,
        () ->
            redis.evaluate(
                SET_IF_YOUNGER,
                key(result.inputHash()),
                entry,
                bytes(result.createdAt().toEpochMilli()),
                bytes(ttl),
                KNOWN_FORMATS));
  }

  @Override
  public boolean delete(InputHash hash) {
    return openly("delete", 0L, () -> redis.call(commands -> commands.unlink(key(hash)))) > 0;
  }

  @Override
  public boolean exists(InputHash hash) {
    return openly("exists", 0L, () -> redis.call(commands -> commands.exists(key(hash)))) > 0;
  }

  private static <T extends @Nullable Object> T openly(
      String operation, T otherwise, Supplier<T> call) {
    try {
      return call.get();
    } catch (RedisUnavailableException e) {
      LOG.warn("Cache {} went without Redis: {}", operation, e.getMessage());
      return otherwise;
    }
  }

  private static String key(InputHash hash) {
    return KEY_PREFIX + hash.hex();
  }

  private static byte[] bytes(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }
}
