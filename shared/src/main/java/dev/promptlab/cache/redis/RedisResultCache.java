package dev.promptlab.cache.redis;

import dev.promptlab.cache.CacheUnavailableException;
import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.KeyPattern;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.Metrics;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisPipeline;
import dev.promptlab.redis.RedisReply;
import dev.promptlab.redis.RedisScript;
import dev.promptlab.redis.RedisUnavailableException;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
  private static final double JITTER = 0.1;
  private static final RedisScript SET_IF_YOUNGER =
      RedisScript.fromResource(RedisResultCache.class, "set-if-younger.lua");
  private static final byte[] KNOWN_FORMATS = {EntryFormat.PLAIN, EntryFormat.BROTLI};
  private static final int SCAN_STEP = 500;
  private static final int EXISTS_STEP = 500;
  private static final Logger LOG = LoggerFactory.getLogger(RedisResultCache.class);

  private final RedisConnection redis;
  private final Clock clock;
  private final RandomGenerator random;
  private final Metrics metrics;

  public RedisResultCache(
      RedisConnection redis, Clock clock, RandomGenerator random, Metrics metrics) {
    this.redis = redis;
    this.clock = clock;
    this.random = random;
    this.metrics = metrics;
  }

  @Override
  public Optional<CachedResult> get(InputHash hash) {
    return begin(hash).get();
  }

  /** Asks for the result, and lets its reply be read later; that has to be done. */
  public RedisReply<Optional<CachedResult>> begin(InputHash hash) {
    RedisPipeline pipeline = new RedisPipeline();
    RedisReply<Optional<CachedResult>> result = get(pipeline, hash);
    try {
      RedisConnection.Begun<?> begun = redis.begin(pipeline);
      return () -> arrived(begun, result);
    } catch (RedisUnavailableException e) {
      wentWithout("get", e);
      return Optional::empty;
    }
  }

  private Optional<CachedResult> arrived(
      RedisConnection.Begun<?> begun, RedisReply<Optional<CachedResult>> result) {
    try {
      begun.await();
    } catch (RedisUnavailableException e) {
      wentWithout("get", e);
      return Optional.empty();
    }
    return result.get();
  }

  /** Whether this is where it is kept. */
  public boolean isOn(RedisConnection connection) {
    return redis == connection;
  }

  /**
   * The result, as a part of a pipeline that the caller sends. An error of this command alone is a
   * miss too.
   */
  public RedisReply<Optional<CachedResult>> get(RedisPipeline pipeline, InputHash hash) {
    RedisReply<byte @Nullable []> reply = pipeline.get(key(hash));
    return () -> {
      try {
        byte @Nullable [] entry = reply.get();
        return entry == null ? Optional.empty() : Optional.of(decoded(hash, entry));
      } catch (RedisUnavailableException e) {
        wentWithout("get", e);
        return Optional.empty();
      } catch (UnreadableEntryException e) {
        LOG.warn("Unreadable cache entry deleted: {}: {}", key(hash), e.getMessage());
        metrics.count(Counter.CACHE_ERRORS);
        delete(hash);
        return Optional.empty();
      }
    };
  }

  private static CachedResult decoded(InputHash hash, byte[] entry) {
    CachedResult result = EntryFormat.decode(entry);
    if (!result.inputHash().equals(hash)) {
      throw new UnreadableEntryException("the result of another input");
    }
    return result;
  }

  @Override
  public boolean set(CachedResult result) {
    Duration left = Duration.between(clock.instant(), result.cacheableUntil());
    long ttl = (long) (left.toMillis() * (1 - JITTER * random.nextDouble()));
    if (ttl < 1) {
      return false;
    }
    byte[] entry = EntryFormat.encode(result);
    return openly(
        "set",
        false,
        () -> {
          var _ =
              redis.evaluate(
                  SET_IF_YOUNGER,
                  key(result.inputHash()),
                  entry,
                  bytes(result.createdAt().toEpochMilli()),
                  bytes(ttl),
                  KNOWN_FORMATS);
          return true;
        });
  }

  @Override
  public void fill(CachedResult result) {
    if (!redis.inTrouble()) {
      var _ = set(result);
    }
  }

  @Override
  public boolean delete(InputHash hash) {
    return openly("delete", 0L, () -> redis.call(commands -> commands.unlink(key(hash)))) > 0;
  }

  @Override
  public void deleteMatching(KeyPattern pattern, Duration budget) {
    long end = System.nanoTime() + budget.toNanos();
    ScanArgs step = ScanArgs.Builder.matches(pattern.glob()).limit(SCAN_STEP);
    ScanCursor cursor = ScanCursor.INITIAL;
    while (!cursor.isFinished() && System.nanoTime() < end) {
      ScanCursor from = cursor;
      KeyScanCursor<String> found =
          openly("scan", null, () -> redis.call(commands -> commands.scan(from, step)));
      if (found == null) {
        return;
      }
      // The pattern may match keys that are not the cache's.
      deleteKeys(
          found.getKeys().stream().filter(key -> key.startsWith(KeyPattern.KEY_PREFIX)).toList());
      cursor = found;
    }
  }

  @Override
  public void deleteAll(Collection<InputHash> hashes) {
    deleteKeys(hashes.stream().map(RedisResultCache::key).toList());
  }

  private void deleteKeys(List<String> keys) {
    if (keys.isEmpty()) {
      return;
    }
    RedisPipeline pipeline = new RedisPipeline();
    keys.forEach(pipeline::unlink);
    try {
      redis.send(pipeline);
    } catch (RedisUnavailableException e) {
      wentWithout("delete", e);
    }
  }

  @Override
  public boolean exists(InputHash hash) {
    return openly("exists", 0L, () -> redis.call(commands -> commands.exists(key(hash)))) > 0;
  }

  @Override
  public Set<InputHash> existing(Collection<InputHash> hashes) {
    List<InputHash> all = List.copyOf(hashes);
    Set<InputHash> existing = new HashSet<>();
    for (int from = 0; from < all.size(); from += EXISTS_STEP) {
      existing.addAll(step(all.subList(from, Math.min(all.size(), from + EXISTS_STEP))));
    }
    return existing;
  }

  private Set<InputHash> step(List<InputHash> hashes) {
    RedisPipeline pipeline = new RedisPipeline();
    Map<InputHash, RedisReply<Long>> replies = new HashMap<>();
    hashes.forEach(hash -> replies.put(hash, pipeline.exists(key(hash))));
    Set<InputHash> existing = new HashSet<>(hashes);
    try {
      redis.send(pipeline);
      existing.removeIf(hash -> Objects.requireNonNull(replies.get(hash)).get() == 0);
    } catch (RedisUnavailableException e) {
      throw new CacheUnavailableException(e);
    }
    return existing;
  }

  private <T extends @Nullable Object> T openly(String operation, T otherwise, Supplier<T> call) {
    try {
      return call.get();
    } catch (RedisUnavailableException e) {
      wentWithout(operation, e);
      return otherwise;
    }
  }

  private void wentWithout(String operation, RedisUnavailableException e) {
    LOG.atLevel(e.logLevel()).log("Cache {} went without Redis: {}", operation, e.getMessage());
    metrics.count(Counter.CACHE_ERRORS);
  }

  private static String key(InputHash hash) {
    return KeyPattern.KEY_PREFIX + hash.hex();
  }

  private static byte[] bytes(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }
}
