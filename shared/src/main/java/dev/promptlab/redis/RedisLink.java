package dev.promptlab.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for commands, to one server or to all of a cluster.
 *
 * @param commands to whichever node has the key
 * @param ping reaches every node that commands may go to
 * @param single whether there is one node only, so that a failure of its connection is that of all
 */
record RedisLink(
    StatefulConnection<String, byte[]> connection,
    RedisClusterAsyncCommands<String, byte[]> commands,
    Supplier<CompletionStage<?>> ping,
    boolean single) {

  private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

  static RedisLink of(StatefulRedisConnection<String, byte[]> connection) {
    return new RedisLink(connection, connection.async(), () -> connection.async().ping(), true);
  }

  static RedisLink of(StatefulRedisClusterConnection<String, byte[]> connection) {
    RedisAdvancedClusterAsyncCommands<String, byte[]> commands = connection.async();
    return new RedisLink(connection, commands, () -> pingMasters(connection), false);
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

  /**
   * Sends one command and waits for nothing.
   *
   * @param lost is called if no answer will come, as the connection is lost or closed
   */
  void sendUnawaited(UnawaitedCommand command, Runnable lost) {
    if (!isOpen()) {
      lost.run();
      return;
    }
    var _ =
        command
            .apply(commands)
            .whenComplete(
                (_, failure) -> {
                  if (failure != null) {
                    LOG.debug("An unawaited Redis command failed", failure);
                    if (!(failure instanceof RedisCommandExecutionException)) {
                      lost.run();
                    }
                  }
                });
  }

  boolean isOpen() {
    return connection.isOpen();
  }

  void close() {
    var _ = connection.closeAsync();
  }
}
