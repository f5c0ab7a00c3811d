package dev.promptlab.local.services;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/** Servers of the user's own: whether they can be reached. */
public final class ExternalServers {
  private static final int REDIS_PORT = 6379;
  private static final int SENTINEL_PORT = 26379;
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private ExternalServers() {}

  /**
   * Connects once to a Redis, or to one of the servers of its URL.
   *
   * @return the URL
   * @throws LocalServicesException if nothing accepts a connection there
   */
  static URI redis(URI url) {
    String servers = url.getRawAuthority().replaceFirst(".*@", "");
    LocalServicesException failure = null;
    for (String server : servers.split(",", -1)) {
      try {
        connect(URI.create("redis://" + server), url.getScheme().endsWith("-sentinel"));
        return url;
      } catch (LocalServicesException e) {
        failure = failure == null ? e : failure;
      }
    }
    throw Objects.requireNonNull(failure);
  }

  private static void connect(URI server, boolean sentinel) {
    if (server.getHost() == null) {
      throw new LocalServicesException(
          "REDIS_URL has no host: write redis://host:6379, or leave it out for the built-in one.");
    }
    int usualPort = sentinel ? SENTINEL_PORT : REDIS_PORT;
    int port = server.getPort() < 0 ? usualPort : server.getPort();
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(server.getHost(), port), Math.toIntExact(PATIENCE.toMillis()));
    } catch (IOException e) {
      throw new LocalServicesException(
          "No Redis answers at %s:%d (%s): start it or correct REDIS_URL, or leave that out for the built-in one."
              .formatted(server.getHost(), port, LocalServicesException.reason(e)),
          e);
    }
  }

  /**
   * Connects to a database once.
   *
   * @return its JDBC URL
   */
  static String database(String url) {
    String jdbcUrl = Databases.jdbcUrl(url);
    Databases.name(jdbcUrl);
    return jdbcUrl;
  }

  /** A URL, of JDBC too, that may be shown. */
  public static String withoutPassword(String url) {
    return url.replaceAll("(?i)([?&]password=)[^&]*", "$1***")
        .replaceAll("//[^/@]*:[^/@]*@", "//***@");
  }
}
