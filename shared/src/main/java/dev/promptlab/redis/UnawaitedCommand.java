package dev.promptlab.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletionStage;

/** A command that nobody waits for. It may be sent more than once. */
@FunctionalInterface
public interface UnawaitedCommand {
  /** Sends it. */
  CompletionStage<?> apply(RedisClusterAsyncCommands<String, byte[]> commands);
}
