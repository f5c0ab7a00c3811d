package dev.promptlab.local.services;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Tells how long each part took to start. Thread-safe: one line at a time. */
final class Progress {
  private final Consumer<String> lines;

  Progress(Consumer<String> lines) {
    this.lines = lines;
  }

  /** Starts a part and says that it runs, and where. */
  <T> T timed(String part, Supplier<T> start, Function<T, String> where) {
    long from = System.nanoTime();
    T started = start.get();
    long millis = Duration.ofNanos(System.nanoTime() - from).toMillis();
    synchronized (lines) {
      lines.accept("%s is ready at %s (%d ms)".formatted(part, where.apply(started), millis));
    }
    return started;
  }
}
