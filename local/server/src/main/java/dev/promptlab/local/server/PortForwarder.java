package dev.promptlab.local.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes ports of 127.0.0.1 reachable on another address of this machine as well: a container on
 * Linux reaches the Docker bridge but not the host's loopback. Each connection is served by virtual
 * threads.
 */
public final class PortForwarder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PortForwarder.class);

  private final List<ServerSocket> listeners = new ArrayList<>();

  private PortForwarder() {}

  /**
   * Forwards until its standard input ends or it is terminated. Prints {@code ready} once it
   * listens.
   *
   * @param arguments the address to listen on, then the ports
   */
  public static void main(String[] arguments) throws IOException {
    List<String> given = List.of(arguments);
    if (given.size() < 2 || !given.stream().skip(1).allMatch(port -> port.matches("\\d{1,5}"))) {
      System.err.println("usage: PortForwarder ADDRESS PORT…");
      System.exit(2);
    }
    List<Integer> ports = given.stream().skip(1).distinct().map(Integer::valueOf).toList();
    try (var _ = start(InetAddress.getByName(given.getFirst()), ports)) {
      System.out.println("ready");
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      System.err.println("cannot forward from " + given.getFirst() + ": " + e.getMessage());
      System.exit(1);
    }
  }

  /**
   * Forwards until it is closed.
   *
   * @throws IOException if a port is in use on {@code address}; then none is forwarded
   */
  public static PortForwarder start(InetAddress address, List<Integer> ports) throws IOException {
    PortForwarder forwarder = new PortForwarder();
    try {
      for (int port : ports) {
        ServerSocket listener = new ServerSocket();
        forwarder.listeners.add(listener);
        listener.bind(new InetSocketAddress(address, port), 128);
      }
    } catch (IOException e) {
      forwarder.close();
      throw e;
    }
    forwarder.listeners.forEach(
        listener ->
            Thread.ofVirtual()
                .name("forward-" + listener.getLocalPort())
                .start(() -> accept(listener)));
    return forwarder;
  }

  /** Stops listening; connections that are open go on until one side closes them. */
  @Override
  public void close() {
    for (ServerSocket listener : listeners) {
      try {
        listener.close();
      } catch (IOException e) {
        log.warn("Port {} could not be closed: {}", listener.getLocalPort(), e.toString());
      }
    }
  }

  private static void accept(ServerSocket listener) {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread.ofVirtual().start(() -> serve(client, listener.getLocalPort()));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          log.warn("Port {}: {}", listener.getLocalPort(), e.toString());
        }
      }
    }
  }

  private static void serve(Socket client, int port) {
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread back = Thread.ofVirtual().start(() -> copy(server, client));
      copy(client, server);
      back.join();
    } catch (IOException e) {
      log.debug("Port {}: {}", port, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // Either side may hang up at any time; the other one then sees the end of its stream.
      log.debug("Connection ended: {}", e.toString());
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("Close: {}", e.toString());
    }
  }
}
