package dev.promptlab.redis;

import io.lettuce.core.RedisChannelWriter;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StatefulRedisConnectionImpl;
import io.lettuce.core.cluster.ClusterPushHandler;
import io.lettuce.core.cluster.RedisAdvancedClusterReactiveCommandsImpl;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.StatefulRedisClusterConnectionImpl;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.json.JsonParser;
import io.lettuce.core.protocol.PushHandler;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** As {@link AsyncRedisClient}, for a cluster. */
final class AsyncClusterClient extends RedisClusterClient {
  AsyncClusterClient(ClientResources resources, List<RedisURI> seeds) {
    super(resources, seeds);
  }

  @Override
  protected <K, V> StatefulRedisConnectionImpl<K, V> newStatefulRedisConnection(
      RedisChannelWriter writer,
      PushHandler pushHandler,
      RedisCodec<K, V> codec,
      Duration timeout,
      Supplier<JsonParser> parser) {
    return new AsyncRedisClient.AsyncConnection<>(writer, pushHandler, codec, timeout);
  }

  @Override
  protected <V, K> StatefulRedisClusterConnectionImpl<K, V> newStatefulRedisClusterConnection(
      RedisChannelWriter writer,
      ClusterPushHandler pushHandler,
      RedisCodec<K, V> codec,
      Duration timeout,
      Supplier<JsonParser> parser) {
    return new AsyncClusterConnection<>(writer, pushHandler, codec, timeout);
  }

  private static final class AsyncClusterConnection<K, V>
      extends StatefulRedisClusterConnectionImpl<K, V> {
    AsyncClusterConnection(
        RedisChannelWriter writer,
        ClusterPushHandler pushHandler,
        RedisCodec<K, V> codec,
        Duration timeout) {
      super(writer, pushHandler, codec, timeout);
    }

    @Override
    protected @Nullable RedisAdvancedClusterCommands<K, V> newRedisAdvancedClusterCommandsImpl() {
      return null;
    }

    @Override
    protected @Nullable RedisAdvancedClusterReactiveCommandsImpl<K, V>
        newRedisAdvancedClusterReactiveCommandsImpl() {
      return null;
    }
  }
}
