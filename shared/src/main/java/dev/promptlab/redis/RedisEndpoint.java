package dev.promptlab.redis;

import dev.promptlab.aws.ElastiCacheToken;
import dev.promptlab.config.RedisIamUser;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One Redis, however it is built: a server, a master that Sentinels name, or a cluster. All calls
 * block, for as long as connecting may take. Thread-safe.
 */
interface RedisEndpoint extends AutoCloseable {
  /** A new connection for commands. */
  RedisLink connect();

  /** A new connection for messages. */
  StatefulRedisPubSubConnection<String, byte[]> connectForMessages();

  @Override
  void close();

  /**
   * The endpoint of a URL, with one of the schemes {@code redis}, {@code redis-sentinel}, {@code
   * redis-cluster}, and {@code rediss…} for TLS. Does not connect yet. The user of a {@link
   * RedisIamUser} gives a new token at each connecting.
   *
   * @throws IllegalArgumentException for any other URL
   */
  static RedisEndpoint of(URI url, ClientResources resources, Duration connectBudget, Clock clock) {
    Optional<RedisCredentialsProvider> credentials =
        RedisIamUser.of(url).map(user -> credentials(user, clock));
    String scheme = String.valueOf(url.getScheme());
    if (!scheme.endsWith("-cluster")) {
      RedisURI redis = RedisURI.create(url);
      credentials.ifPresent(redis::setCredentialsProvider);
      redis.setTimeout(connectBudget);
      redis.getSentinels().forEach(sentinel -> sentinel.setTimeout(connectBudget));
      return new Single(redis, resources, connectBudget);
    }
    List<RedisURI> seeds =
        RedisClusterURIUtil.toRedisURIs(URI.create(url.toString().replaceFirst("-cluster:", ":")));
    seeds.forEach(seed -> seed.setTimeout(connectBudget));
    credentials.ifPresent(it -> seeds.forEach(seed -> seed.setCredentialsProvider(it)));
    return new Cluster(seeds, resources, connectBudget);
  }

  private static RedisCredentialsProvider credentials(RedisIamUser user, Clock clock) {
    ElastiCacheToken token = ElastiCacheToken.of(user, clock);
    return RedisCredentialsProvider.from(() -> RedisCredentials.just(user.user(), token.get()));
  }

  /** A server, or the master that Sentinels name at the time of each connecting. */
  final class Single implements RedisEndpoint {
    private final Duration connectBudget;
    private final RedisClient client;
    private final RedisClient messagesClient;

    private Single(RedisURI url, ClientResources resources, Duration connectBudget) {
      this.connectBudget = connectBudget;
      this.client = new AsyncRedisClient(resources, url);
      // Who asks next connects again; what was asked before is known at once to be lost.
      client.setOptions(
          options(ClientOptions.builder(), connectBudget).autoReconnect(false).build());
      this.messagesClient = new AsyncRedisClient(resources, url);
      messagesClient.setOptions(options(ClientOptions.builder(), connectBudget).build());
    }

    @Override
    public RedisLink connect() {
      return RedisLink.of(client.connect(RedisConnection.CODEC));
    }

    @Override
    public StatefulRedisPubSubConnection<String, byte[]> connectForMessages() {
      return messagesClient.connectPubSub(RedisConnection.CODEC);
    }

    @Override
    public void close() {
      messagesClient.shutdown(Duration.ZERO, connectBudget);
      client.shutdown(Duration.ZERO, connectBudget);
    }
  }

  /** A cluster; each command goes to the node that has its key. */
  final class Cluster implements RedisEndpoint {
    private final Duration connectBudget;
    private final RedisClusterClient client;

    private Cluster(List<RedisURI> seeds, ClientResources resources, Duration connectBudget) {
      this.connectBudget = connectBudget;
      this.client = new AsyncClusterClient(resources, seeds);
      ClusterClientOptions.Builder options = ClusterClientOptions.builder();
      options(options, connectBudget);
      // By what the nodes say when asked for what they do not have (any more), not by a timer: a
      // Lambda environment has no time of its own.
      client.setOptions(
          options
              .topologyRefreshOptions(
                  ClusterTopologyRefreshOptions.builder()
                      .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                      .build())
              .build());
    }

    @Override
    public RedisLink connect() {
      // Nodes may have come and gone since the last time.
      client.refreshPartitions();
      return RedisLink.of(client.connect(RedisConnection.CODEC));
    }

    @Override
    public StatefulRedisPubSubConnection<String, byte[]> connectForMessages() {
      return client.connectPubSub(RedisConnection.CODEC);
    }

    @Override
    public void close() {
      client.shutdown(Duration.ZERO, connectBudget);
    }
  }

  private static ClientOptions.Builder options(
      ClientOptions.Builder options, Duration connectBudget) {
    return options
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        // What was not answered before a connection was lost is not sent again by the next one.
        .replayFilter(_ -> true)
        .socketOptions(SocketOptions.builder().connectTimeout(connectBudget).build());
  }
}
