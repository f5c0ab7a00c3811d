package dev.promptlab.local.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Commands for a Redis of a test, past everything that the test looks at. */
final class RedisWire {
  private RedisWire() {}

  /** Sends one command to the Redis on a port of this machine; the reply as it comes. */
  static String send(int port, String... command) throws IOException {
    return send(
        port,
        Stream.of(command)
            .map(word -> word.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new));
  }

  /** The same, of bytes. */
  static String send(int port, byte[]... command) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(("*" + command.length + "\r\n").getBytes(StandardCharsets.UTF_8));
    for (byte[] bytes : command) {
      request.write(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.UTF_8));
      request.write(bytes);
      request.write("\r\n".getBytes(StandardCharsets.UTF_8));
    }
    request.write("*1\r\n$4\r\nQUIT\r\n".getBytes(StandardCharsets.UTF_8));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        InputStream replies = socket.getInputStream()) {
      socket.getOutputStream().write(request.toByteArray());
      return new String(replies.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** The same for a command that is answered with a number. */
  static long number(int port, String... command) throws IOException {
    return Long.parseLong(send(port, command).lines().findFirst().orElseThrow().substring(1));
  }
}
