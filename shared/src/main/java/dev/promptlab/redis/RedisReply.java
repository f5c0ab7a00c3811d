package dev.promptlab.redis;

import org.jspecify.annotations.Nullable;

/** What Redis answers to one command of a {@link RedisPipeline}, once that has been sent. */
@FunctionalInterface
public interface RedisReply<T extends @Nullable Object> {
  /**
   * The reply.
   *
   * @throws IllegalStateException before the pipeline was sent
   * @throws RedisUnavailableException if Redis refused this command
   */
  T get();
}
