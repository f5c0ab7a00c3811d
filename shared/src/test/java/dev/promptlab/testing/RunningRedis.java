package dev.promptlab.testing;

import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.redis.RedisConnection;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Redis for all tests of a class, and a connection to it: a static field of that class with
 * {@code @RegisterExtension}, which closes both after the last test.
 */
public final class RunningRedis implements AfterAllCallback {
  private final LocalRedis server = LocalRedis.start(Optional.empty());
  private final RedisConnection connection = LiveRedis.connect(server.url());

  public LocalRedis server() {
    return server;
  }

  public RedisConnection connection() {
    return connection;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    connection.close();
    server.close();
  }
}
