package dev.promptlab.bench.jmh;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Redis's own round trip: a PING over one connection of the same driver, awaited as {@code
 * RedisConnection} awaits its replies. At {@code REDIS_URL} of the {@link ForkSettings}.
 */
@State(Scope.Benchmark)
public class LettucePing {
  private static final long BUDGET_SECONDS = 5;

  private final RedisClient client =
      RedisClient.create(Objects.requireNonNull(ForkSettings.read().get("REDIS_URL")));
  private final StatefulRedisConnection<String, byte[]> connection =
      client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));

  /** Sends one and waits for the answer. */
  public String ping() throws ExecutionException, InterruptedException, TimeoutException {
    return connection.async().ping().toCompletableFuture().get(BUDGET_SECONDS, TimeUnit.SECONDS);
  }

  /** Disconnects. */
  @TearDown
  public void disconnect() {
    client.shutdown();
  }
}
