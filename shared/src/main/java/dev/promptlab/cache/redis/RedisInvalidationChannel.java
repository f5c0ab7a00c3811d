package dev.promptlab.cache.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.promptlab.cache.InvalidationChannel;
import dev.promptlab.json.StrictJson;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisSubscriptions;
import dev.promptlab.redis.RedisUnavailableException;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages on the channel {@code cache:invalidate}: <code>{"pattern": …, "reason": …}</code>.
 * Thread-safe.
 */
public final class RedisInvalidationChannel implements InvalidationChannel {
  private static final String CHANNEL = "cache:invalidate";
  private static final Logger LOG = LoggerFactory.getLogger(RedisInvalidationChannel.class);

  private final RedisConnection redis;
  private final RedisSubscriptions subscriptions;

  public RedisInvalidationChannel(RedisConnection redis, RedisSubscriptions subscriptions) {
    this.redis = redis;
    this.subscriptions = subscriptions;
  }

  @Override
  public void publish(Message message) {
    byte[] json;
    try {
      json = StrictJson.mapper().writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
    try {
      redis.call(commands -> commands.publish(CHANNEL, json));
    } catch (RedisUnavailableException e) {
      LOG.warn("An invalidation was not published: {}", e.getMessage());
    }
  }

  @Override
  public void listen(Runnable listener) {
    subscriptions.listen(CHANNEL, listener);
  }
}
