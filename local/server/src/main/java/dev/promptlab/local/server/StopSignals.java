package dev.promptlab.local.server;

import java.lang.reflect.Proxy;
import java.util.List;

/**
 * Takes SIGINT and SIGTERM over from the JVM, which would run all shutdown hooks at the same time
 * and exit with 130 or 143: a graceful stop needs an order, and is no failure.
 */
final class StopSignals {
  private StopSignals() {}

  /**
   * Runs {@code action}, on a thread of its own, at each such signal.
   *
   * @throws IllegalStateException if this JVM does not let signals be handled
   */
  static void on(Runnable action) {
    try {
      // By reflection: javac's warning about sun.misc cannot be suppressed, and warnings are
      // errors.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              StopSignals.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) -> {
                action.run();
                return null;
              });
      for (String name : List.of("INT", "TERM")) {
        signal
            .getMethod("handle", signal, handlerType)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Signals cannot be handled on this JVM", e);
    }
  }
}
