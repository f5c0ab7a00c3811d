package dev.promptlab.redis;

import dev.promptlab.local.services.LocalRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** A master and its replica, watched by three Sentinels. */
final class RedisSentinels implements AutoCloseable {
  static final String MASTER = "limits";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final LocalRedis master = LocalRedis.start(Optional.empty());
  private final LocalRedis replica;
  private final List<LocalRedis> sentinels = new ArrayList<>();
  private final RedisClient client = RedisClient.create();

  private RedisSentinels(Path folder) {
    replica =
        LocalRedis.start(
            Optional.empty(), List.of("--replicaof", "127.0.0.1", Integer.toString(master.port())));
    awaitReplica();
    for (int i = 0; i < 3; i++) {
      sentinels.add(sentinel(folder.resolve("sentinel-" + i + ".conf")));
    }
    awaitSentinels();
  }

  /**
   * Starts all six.
   *
   * @param folder for the Sentinels' configuration
   */
  static RedisSentinels start(Path folder) {
    return new RedisSentinels(folder);
  }

  private LocalRedis sentinel(Path configuration) {
    try {
      Files.writeString(
          configuration,
          """
          sentinel monitor %1$s 127.0.0.1 %2$d 2
          sentinel down-after-milliseconds %1$s 1000
          sentinel failover-timeout %1$s 5000
          """
              .formatted(MASTER, master.port()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return LocalRedis.sentinel(configuration);
  }

  private void awaitReplica() {
    await(() -> info(replica.port(), "replication").contains("master_link_status:up"));
  }

  private void awaitSentinels() {
    await(
        () ->
            sentinels.stream()
                .allMatch(
                    sentinel ->
                        info(sentinel.port(), "sentinel").contains("slaves=1,sentinels=3")));
  }

  private String info(int port, String section) {
    try (var connection = client.connect(RedisURI.create("127.0.0.1", port))) {
      return connection.sync().info(section);
    } catch (RedisException e) {
      // Whoever becomes the master closes its connections.
      return "";
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("not in time");
      }
      Thread.onSpinWait();
    }
  }

  URI url() {
    return URI.create(
        sentinels.stream()
            .map(sentinel -> "127.0.0.1:" + sentinel.port())
            .collect(Collectors.joining(",", "redis-sentinel://", "/0#" + MASTER)));
  }

  LocalRedis master() {
    return master;
  }

  LocalRedis replica() {
    return replica;
  }

  /** Waits until the replica is the master. */
  void awaitFailover() {
    await(() -> info(replica.port(), "replication").contains("role:master"));
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    sentinels.forEach(LocalRedis::close);
    replica.close();
    master.close();
  }
}
