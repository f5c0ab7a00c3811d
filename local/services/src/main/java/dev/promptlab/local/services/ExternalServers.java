package dev.promptlab.local.services;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;

/** Servers of the user's own: whether they can be reached. */
final class ExternalServers {
  private static final int REDIS_PORT = 6379;
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private ExternalServers() {}

  /**
   * Connects to a Redis once.
   *
   * @return the URL
   * @throws LocalServicesException if nothing accepts a connection there
   */
  static URI redis(URI url) {
    if (url.getHost() == null) {
      throw new LocalServicesException(
          "REDIS_URL has no host: write redis://host:6379, or leave it out for the built-in one.");
    }
    int port = url.getPort() < 0 ? REDIS_PORT : url.getPort();
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(url.getHost(), port), Math.toIntExact(PATIENCE.toMillis()));
      return url;
    } catch (IOException e) {
      throw new LocalServicesException(
          "No Redis answers at %s:%d (%s): start it or correct REDIS_URL, or leave that out for the built-in one."
              .formatted(url.getHost(), port, LocalServicesException.reason(e)),
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

  /** A JDBC URL that may be shown. */
  static String withoutPassword(String jdbcUrl) {
    return jdbcUrl
        .replaceAll("(?i)([?&]password=)[^&]*", "$1***")
        .replaceAll("//[^/@]*:[^/@]*@", "//***@");
  }
}
