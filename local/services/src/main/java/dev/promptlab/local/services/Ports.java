package dev.promptlab.local.services;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.function.IntFunction;

/** Free TCP ports of 127.0.0.1. */
final class Ports {
  private static final int ATTEMPTS = 5;

  private Ports() {}

  /**
   * Starts a server on a port that is free now, and on another one if somebody else was quicker.
   *
   * @throws LocalServicesException what the last attempt threw
   */
  static <T> T startOnFreePort(IntFunction<T> start) {
    for (int attempt = 1; ; attempt++) {
      try {
        return start.apply(free());
      } catch (LocalServicesException e) {
        if (attempt == ATTEMPTS || !saysPortInUse(e)) {
          throw e;
        }
      }
    }
  }

  private static boolean saysPortInUse(LocalServicesException e) {
    return LocalServicesException.reason(e).contains("in use");
  }

  private static int free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new LocalServicesException(
          "No free port on 127.0.0.1: " + LocalServicesException.reason(e), e);
    }
  }
}
