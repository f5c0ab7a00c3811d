package dev.promptlab.local.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sees every command that clients send to a Redis of a test ({@code MONITOR}). */
final class RedisMonitor implements AutoCloseable {
  private static final int PATIENCE_MS = 30_000;

  private final int port;
  private final Socket socket;
  private final BufferedReader lines;

  private RedisMonitor(int port, Socket socket, BufferedReader lines) {
    this.port = port;
    this.socket = socket;
    this.lines = lines;
  }

  /** Sees what is sent from now on. */
  static RedisMonitor start(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MS);
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    socket.getOutputStream().write("MONITOR\r\n".getBytes(StandardCharsets.US_ASCII));
    if (!"+OK".equals(lines.readLine())) {
      throw new IOException("not monitored");
    }
    return new RedisMonitor(port, socket, lines);
  }

  /** What was sent since the last time, without what scripts did: {@code "GET" "key"} and so on. */
  List<String> seen() throws IOException {
    String mark = "seen " + System.nanoTime();
    RedisWire.send(port, "ECHO", mark);
    List<String> commands = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String command = line.substring(line.indexOf("] ") + 2);
      if (command.equals("\"ECHO\" \"" + mark + "\"")) {
        return commands;
      }
      if (!line.contains(" lua] ") && !command.equals("\"QUIT\"")) {
        commands.add(command);
      }
    }
    throw new IOException("the monitor was ended");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
