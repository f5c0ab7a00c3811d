package dev.promptlab.local.services.http;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The JDK's HTTP server on a free port of 127.0.0.1, with a virtual thread for each request.
 * Thread-safe.
 */
public final class LoopbackServer implements AutoCloseable {
  private static final int BACKLOG = 1024;
  private static final String MAX_IDLE_CONNECTIONS = "sun.net.httpserver.maxIdleConnections";
  private static final String NO_DELAY = "sun.net.httpserver.nodelay";

  static {
    // Beyond this number (200 by default) the server closes connections that a client may just be
    // using again, which fails its request. The JDK reads the settings once, before the first
    // server.
    if (System.getProperty(MAX_IDLE_CONNECTIONS) == null) {
      System.setProperty(MAX_IDLE_CONNECTIONS, "4096");
    }
    // Without it a small answer waits for the client's delayed acknowledgement, up to 40 ms.
    if (System.getProperty(NO_DELAY) == null) {
      System.setProperty(NO_DELAY, "true");
    }
  }

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  private LoopbackServer(HttpHandler handler) throws IOException {
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    server.setExecutor(threads);
    server.createContext("/", handler);
    server.start();
  }

  /**
   * Starts one.
   *
   * @param handler answers every request
   * @throws IOException if no port can be opened
   */
  public static LoopbackServer start(HttpHandler handler) throws IOException {
    return new LoopbackServer(handler);
  }

  /** Where it listens, such as {@code http://127.0.0.1:39467}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Stops it; requests that are under way get no answer. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
