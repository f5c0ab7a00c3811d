package dev.promptlab.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for commands, to one server or to all of a cluster.
 *
 * @param commands to whichever node has the key
 * @param ping reaches every node that commands may go to
 */
record RedisLink(
    StatefulConnection<String, byte[]> connection,
    RedisClusterAsyncCommands<String, byte[]> commands,
    Supplier<CompletionStage<?>> ping) {

  private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

  static RedisLink of(StatefulRedisConnection<String, byte[]> connection) {
    return new RedisLink(connection, connection.async(), () -> connection.async().ping());
  }

  static RedisLink of(StatefulRedisClusterConnection<String, byte[]> connection) {
    RedisAdvancedClusterAsyncCommands<String, byte[]> commands = connection.async();
    return new RedisLink(connection, commands, () -> pingMasters(connection));
  }

  /** Over the connections that commands will take: one that is not there yet refuses them. */
  private static CompletableFuture<?> pingMasters(
      StatefulRedisClusterConnection<String, byte[]> connection) {
    return CompletableFuture.allOf(
        connection.getPartitions().stream()
            .filter(node -> node.getRole().isUpstream() && !node.getSlots().isEmpty())
            .map(RedisClusterNode::getUri)
            .map(
                node ->
                    connection
                        .getConnectionAsync(node.getHost(), node.getPort())
                        .thenCompose(master -> master.async().ping()))
            .toArray(CompletableFuture<?>[]::new));
  }

  /** Sends one command, if the connection is open, and waits for nothing. */
  void sendUnawaited(
      Function<RedisClusterAsyncCommands<String, byte[]>, ? extends CompletionStage<?>> command) {
    if (isOpen()) {
      var _ =
          command
              .apply(commands)
              .whenComplete(
                  (_, failure) -> {
                    if (failure != null) {
                      LOG.debug("An unawaited Redis command failed", failure);
                    }
                  });
    }
  }

  boolean isOpen() {
    return connection.isOpen();
  }

  void close() {
    var _ = connection.closeAsync();
  }
}
