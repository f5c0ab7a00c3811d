package dev.promptlab.local.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between a client and a server on this machine, makes a network's faults, and counts round
 * trips.
 */
final class FaultyProxy implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FaultyProxy.class);

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Duration delay = Duration.ZERO;
  private volatile boolean resetting;
  private final AtomicInteger roundTrips = new AtomicInteger();

  /** Bytes of a server, and when the client may have them; empty at the end. */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  private record Chunk(long dueNanos, byte[] bytes) {}

  private FaultyProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /** Listens on a free port for a server on another one. */
  static FaultyProxy start(int target) {
    try {
      ServerSocket listener = new ServerSocket();
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      FaultyProxy proxy = new FaultyProxy(listener, target);
      Thread.ofVirtual().name("proxy").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** What the server answers comes later from now on. */
  void slowDown(Duration by) {
    delay = by;
  }

  /** Every connection is reset: those that there are at once, others when they are made. */
  void resetAll() {
    resetting = true;
    cut();
  }

  /** Resets the connections that there are. */
  void cut() {
    open.forEach(FaultyProxy::reset);
  }

  /** Forwards again as if nothing had been. */
  void heal() {
    delay = Duration.ZERO;
    resetting = false;
  }

  /** How often a client has spoken first, or after the server has. */
  int roundTrips() {
    return roundTrips.get();
  }

  /** How many connections there are. */
  int connections() {
    return open.size();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (resetting) {
          reset(client);
        } else {
          Thread.ofVirtual().start(() -> serve(client));
        }
      } catch (IOException e) {
        log.debug("not accepted", e);
      }
    }
  }

  private void serve(Socket client) {
    open.add(client);
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      BlockingQueue<Chunk> line = new LinkedBlockingQueue<>();
      AtomicBoolean clientsTurn = new AtomicBoolean(true);
      Thread.ofVirtual().start(() -> read(server, line));
      Thread.ofVirtual().start(() -> write(line, client, clientsTurn));
      forward(client, server, clientsTurn);
    } catch (IOException e) {
      log.debug("connection ended", e);
    } finally {
      open.remove(client);
    }
  }

  private void forward(Socket client, Socket server, AtomicBoolean clientsTurn) throws IOException {
    byte[] buffer = new byte[8192];
    InputStream in = client.getInputStream();
    OutputStream out = server.getOutputStream();
    for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
      if (clientsTurn.getAndSet(false)) {
        roundTrips.incrementAndGet();
      }
      out.write(buffer, 0, count);
    }
  }

  private void read(Socket server, BlockingQueue<Chunk> line) {
    byte[] buffer = new byte[8192];
    try {
      InputStream in = server.getInputStream();
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        line.add(new Chunk(System.nanoTime() + delay.toNanos(), Arrays.copyOf(buffer, count)));
      }
    } catch (IOException e) {
      log.debug("server ended", e);
    }
    line.add(new Chunk(System.nanoTime(), new byte[0]));
  }

  private static void write(BlockingQueue<Chunk> line, Socket client, AtomicBoolean clientsTurn) {
    try (client) {
      OutputStream out = client.getOutputStream();
      for (Chunk chunk = line.take(); chunk.bytes().length > 0; chunk = line.take()) {
        TimeUnit.NANOSECONDS.sleep(chunk.dueNanos() - System.nanoTime());
        clientsTurn.set(true);
        out.write(chunk.bytes());
      }
    } catch (IOException e) {
      log.debug("client ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      log.debug("not reset", e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
