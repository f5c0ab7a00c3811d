package dev.promptlab.redis;

import dev.promptlab.local.services.LocalRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Redis, perhaps with TLS.
 *
 * @param server whose own port has no TLS; the tests change settings there
 * @param port for clients and for other Redis servers: that with TLS where there is TLS
 */
record RedisNode(LocalRedis server, int port) implements AutoCloseable {

  /** One that is set in some way, as on its command line. */
  static RedisNode start(Optional<TlsCertificate> tls, List<String> options) {
    if (tls.isEmpty()) {
      LocalRedis server = LocalRedis.start(Optional.empty(), options);
      return new RedisNode(server, server.port());
    }
    int port = freePort();
    List<String> all = new ArrayList<>(options);
    tls.get().settings(port).forEach((name, value) -> all.addAll(List.of("--" + name, value)));
    return new RedisNode(LocalRedis.start(Optional.empty(), all), port);
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
