package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortForwarderIT {
  private final InetAddress bridge = InetAddress.ofLiteral("127.0.0.2");

  @Test
  void carriesBothDirectionsToTheirEnds() throws Exception {
    try (ServerSocket echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        PortForwarder forwarder = PortForwarder.start(bridge, List.of(echo.getLocalPort()));
        Socket client = new Socket(bridge, echo.getLocalPort())) {
      Thread server = Thread.ofVirtual().start(() -> answerOnce(echo));

      client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      client.shutdownOutput();

      assertThat(forwarder).isNotNull();
      assertThat(client.getInputStream().readAllBytes())
          .isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
      server.join();
    }
  }

  @Test
  void startsNothing_whenOneOfThePortsIsInUse() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket taken = new ServerSocket(0, 1, bridge)) {
      List<Integer> ports = List.of(free.getLocalPort(), taken.getLocalPort());

      assertThatThrownBy(() -> PortForwarder.start(bridge, ports)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> new Socket(bridge, free.getLocalPort()).close())
          .isInstanceOf(IOException.class);
    }
  }

  private static void answerOnce(ServerSocket echo) {
    try (Socket connection = echo.accept()) {
      connection.getOutputStream().write(connection.getInputStream().readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
