package dev.promptlab.epoch.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import dev.promptlab.epoch.SharedCopy;
import dev.promptlab.epoch.Stamped;
import dev.promptlab.json.StrictJson;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisUnavailableException;
import io.lettuce.core.SetArgs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stamped values as JSON, one key each: {@code promptlab:copy:<name>:<key>}. Thread-safe.
 *
 * @param <V> a type that {@link StrictJson#mapper()} writes and reads
 */
public final class RedisSharedCopy<K, V> implements SharedCopy<K, V> {
  private static final String KEY_PREFIX = "promptlab:copy:";
  private static final Logger LOG = LoggerFactory.getLogger(RedisSharedCopy.class);

  private final RedisConnection redis;
  private final String prefix;
  private final Function<K, String> keyText;
  private final JavaType type;

  /**
   * A copy of one kind of values.
   *
   * @param keyText of at most 100 characters
   */
  public RedisSharedCopy(
      RedisConnection redis, String name, Function<K, String> keyText, JavaType valueType) {
    this.redis = redis;
    this.prefix = KEY_PREFIX + name + ":";
    this.keyText = keyText;
    this.type =
        StrictJson.mapper().getTypeFactory().constructParametricType(Stamped.class, valueType);
  }

  @Override
  public Optional<Stamped<V>> get(K key) {
    byte @Nullable [] json;
    try {
      json = redis.<byte @Nullable []>call(commands -> commands.get(prefix + keyText.apply(key)));
    } catch (RedisUnavailableException e) {
      LOG.atLevel(e.logLevel()).log("Shared copy went without Redis: {}", e.getMessage());
      return Optional.empty();
    }
    if (json == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(StrictJson.mapper().readValue(json, type));
    } catch (IOException e) {
      // Another version's form: the database is asked instead.
      LOG.info("Unreadable shared copy of {}: {}", prefix, e.getClass().getSimpleName());
      return Optional.empty();
    }
  }

  @Override
  public void put(K key, Stamped<V> value, Duration life) {
    byte[] json;
    try {
      json = StrictJson.mapper().writerFor(type).writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
    try {
      redis.call(
          commands ->
              commands.set(prefix + keyText.apply(key), json, SetArgs.Builder.px(life.toMillis())));
    } catch (RedisUnavailableException e) {
      LOG.atLevel(e.logLevel()).log("Shared copy went without Redis: {}", e.getMessage());
    }
  }
}
