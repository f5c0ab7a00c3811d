package dev.promptlab.redis;

import io.lettuce.core.MigrateArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A cluster of three masters without replicas. */
final class RedisCluster implements AutoCloseable {
  private static final int SLOTS = 16_384;
  private static final int MASTERS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Optional<TlsCertificate> tls;
  private final List<RedisNode> servers = new ArrayList<>();
  private final List<Integer> busPorts = new ArrayList<>();
  private final RedisClient client = RedisClient.create();
  private final List<RedisCommands<String, String>> nodes = new ArrayList<>();

  private RedisCluster(Optional<TlsCertificate> tls) {
    this.tls = tls;
  }

  static RedisCluster start() {
    return start(Optional.empty());
  }

  /** Its nodes talk to each other with TLS too, where there is a certificate. */
  static RedisCluster start(Optional<TlsCertificate> tls) {
    RedisCluster cluster = new RedisCluster(tls);
    for (int i = 0; i < MASTERS; i++) {
      cluster.addNode();
      // As redis-cli does: of two nodes that claim a slot, the one of the higher epoch has it.
      cluster.nodes.get(i).clusterSetConfigEpoch(i + 1);
    }
    for (int i = 1; i < MASTERS; i++) {
      cluster.meet(i);
    }
    for (int i = 0; i < MASTERS; i++) {
      int from = i * SLOTS / MASTERS;
      int to = (i + 1) * SLOTS / MASTERS;
      int[] slots = new int[to - from];
      for (int slot = from; slot < to; slot++) {
        slots[slot - from] = slot;
      }
      cluster.nodes.get(i).clusterAddSlots(slots);
    }
    cluster.awaitOk();
    return cluster;
  }

  private void addNode() {
    int busPort = RedisNode.freePort();
    RedisNode node =
        RedisNode.start(
            tls,
            List.of(
                "--cluster-enabled", "yes",
                "--cluster-port", Integer.toString(busPort),
                "--cluster-node-timeout", "2000"));
    servers.add(node);
    busPorts.add(busPort);
    StatefulRedisConnection<String, String> connection =
        client.connect(RedisURI.create("127.0.0.1", node.server().port()));
    nodes.add(connection.sync());
  }

  private void meet(int node) {
    nodes
        .getFirst()
        .dispatch(
            CommandType.CLUSTER,
            new StatusOutput<>(StringCodec.UTF8),
            new CommandArgs<>(StringCodec.UTF8)
                .add("MEET")
                .add("127.0.0.1")
                .add(servers.get(node).port())
                .add(busPorts.get(node)));
  }

  private void awaitOk() {
    await(
        info ->
            info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + MASTERS));
  }

  /**
   * Each node knows of the last change of slots. One that did not would take a slot over in the
   * same epoch as another, and an old message of who had it before would take it away again.
   */
  private void awaitEpoch() {
    long last =
        nodes.stream()
            .mapToLong(node -> number(node.clusterInfo(), "cluster_my_epoch"))
            .max()
            .orElseThrow();
    await(info -> number(info, "cluster_current_epoch") >= last);
  }

  private static long number(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  private void await(Predicate<String> condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!nodes.stream().allMatch(node -> condition.test(node.clusterInfo()))) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(nodes.getFirst().clusterInfo());
      }
      Thread.onSpinWait();
    }
  }

  URI url() {
    String scheme = tls.isPresent() ? "rediss-cluster" : "redis-cluster";
    return URI.create(scheme + "://127.0.0.1:" + servers.getFirst().port());
  }

  /** Lets a user in on each node, with all of its rules replaced. */
  void setUser(String name, String... rules) {
    for (RedisCommands<String, String> node : nodes) {
      CommandArgs<String, String> arguments =
          new CommandArgs<>(StringCodec.UTF8).add("SETUSER").add(name).add("reset");
      for (String rule : rules) {
        arguments.add(rule);
      }
      node.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), arguments);
    }
  }

  /** Moves a slot, with all its keys, from the node that has it to the next one. */
  void moveSlot(int slot) {
    awaitEpoch();
    int from = slot * MASTERS / SLOTS;
    int to = (from + 1) % MASTERS;
    RedisCommands<String, String> source = nodes.get(from);
    RedisCommands<String, String> target = nodes.get(to);
    String sourceId = source.clusterMyId();
    String targetId = target.clusterMyId();
    target.clusterSetSlotImporting(slot, sourceId);
    source.clusterSetSlotMigrating(slot, targetId);
    List<String> keys = source.clusterGetKeysInSlot(slot, 1_000);
    while (!keys.isEmpty()) {
      source.migrate(
          "127.0.0.1",
          servers.get(to).port(),
          0,
          PATIENCE.toMillis(),
          MigrateArgs.Builder.keys(keys));
      keys = source.clusterGetKeysInSlot(slot, 1_000);
    }
    // First who has it now: until then, both would send whoever asks to the other.
    target.clusterSetSlotNode(slot, targetId);
    source.clusterSetSlotNode(slot, targetId);
    nodes.forEach(node -> node.clusterSetSlotNode(slot, targetId));
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    servers.forEach(RedisNode::close);
  }
}
