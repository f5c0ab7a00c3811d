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

/** A master and its replica, watched by Sentinels. */
final class RedisSentinels implements AutoCloseable {
  static final String MASTER = "limits";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Optional<TlsCertificate> tls;
  private final RedisNode master;
  private final RedisNode replica;
  private final List<RedisNode> sentinels = new ArrayList<>();
  private final RedisClient client = RedisClient.create();

  private RedisSentinels(Path folder, Optional<TlsCertificate> tls, int count) {
    this.tls = tls;
    // A replica need not wait for others that might come.
    master = RedisNode.start(tls, List.of("--repl-diskless-sync-delay", "0"));
    replica =
        RedisNode.start(tls, List.of("--replicaof", "127.0.0.1", Integer.toString(master.port())));
    awaitReplica();
    for (int i = 0; i < count; i++) {
      sentinels.add(sentinel(folder.resolve("sentinel-" + i + ".conf")));
    }
    awaitSentinels();
  }

  /**
   * Starts them, with three Sentinels.
   *
   * @param folder for the Sentinels' configuration
   */
  static RedisSentinels start(Path folder) {
    return new RedisSentinels(folder, Optional.empty(), 3);
  }

  /** One Sentinel only, as for what needs no failover; with TLS between all of them. */
  static RedisSentinels startOne(Path folder, TlsCertificate certificate) {
    return new RedisSentinels(folder, Optional.of(certificate), 1);
  }

  private RedisNode sentinel(Path configuration) {
    int tlsPort = RedisNode.freePort();
    try {
      Files.writeString(
          configuration,
          """
          sentinel monitor %1$s 127.0.0.1 %2$d 2
          sentinel down-after-milliseconds %1$s 1000
          sentinel failover-timeout %1$s 5000
          %3$s
          """
              .formatted(MASTER, master.port(), tls.map(it -> lines(it, tlsPort)).orElse("")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    LocalRedis sentinel = LocalRedis.sentinel(configuration);
    return new RedisNode(sentinel, tls.isPresent() ? tlsPort : sentinel.port());
  }

  private static String lines(TlsCertificate certificate, int port) {
    return certificate.settings(port).entrySet().stream()
        .map(setting -> setting.getKey() + " " + setting.getValue())
        .collect(Collectors.joining("\n"));
  }

  private void awaitReplica() {
    await(() -> info(replica, "replication").contains("master_link_status:up"));
  }

  private void awaitSentinels() {
    await(
        () ->
            sentinels.stream()
                .allMatch(
                    sentinel ->
                        info(sentinel, "sentinel")
                            .contains("slaves=1,sentinels=" + sentinels.size())));
  }

  private String info(RedisNode node, String section) {
    try (var connection = client.connect(RedisURI.create("127.0.0.1", node.server().port()))) {
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
            .collect(
                Collectors.joining(
                    ",",
                    tls.isPresent() ? "rediss-sentinel://" : "redis-sentinel://",
                    "/0#" + MASTER)));
  }

  LocalRedis master() {
    return master.server();
  }

  /** Waits until the replica is the master. */
  void awaitFailover() {
    await(() -> info(replica, "replication").contains("role:master"));
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    sentinels.forEach(RedisNode::close);
    replica.close();
    master.close();
  }
}
