package dev.promptlab.cache.redis;

import dev.promptlab.cache.CacheUnavailableException;
import dev.promptlab.cache.LastWarming;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisUnavailableException;
import io.lettuce.core.SetArgs;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The mark of the last warming beside the results, {@code promptlab:warmed}. Thread-safe. */
public final class RedisLastWarming implements LastWarming {
  private static final String KEY = "promptlab:warmed";

  private final RedisConnection redis;

  public RedisLastWarming(RedisConnection redis) {
    this.redis = redis;
  }

  @Override
  public Optional<String> version() {
    try {
      byte @Nullable [] version = redis.call(commands -> commands.get(KEY));
      return Optional.ofNullable(version).map(it -> new String(it, StandardCharsets.US_ASCII));
    } catch (RedisUnavailableException e) {
      throw new CacheUnavailableException(e);
    }
  }

  @Override
  public void set(String version) {
    byte[] value = version.getBytes(StandardCharsets.US_ASCII);
    try {
      redis.call(commands -> commands.set(KEY, value, SetArgs.Builder.ex(RedisPopularity.TTL)));
    } catch (RedisUnavailableException e) {
      throw new CacheUnavailableException(e);
    }
  }
}
