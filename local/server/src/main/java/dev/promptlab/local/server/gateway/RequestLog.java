package dev.promptlab.local.server.gateway;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A line for each request that was answered, as {@code POST /generate 202 MISS 12 ms}, in the log
 * named HTTP, which is off unless {@code scripts/run-local} shows it. Counts them. Thread-safe.
 */
final class RequestLog {
  private static final Logger log = LoggerFactory.getLogger("HTTP");
  private static final int MAX_PATH_CHARACTERS = 120;

  private final LongAdder answered = new LongAdder();

  /**
   * @param path as it was sent, percent-encoded, so that it cannot break the line; without the
   *     query, whose values are the caller's own
   */
  void answered(String method, String path, GatewayReply reply, Duration took) {
    answered.increment();
    if (!log.isInfoEnabled()) {
      return;
    }
    String verdict = String.join("", reply.headers().getOrDefault("x-cache", List.of()));
    log.atLevel(reply.status() < 500 ? Level.INFO : Level.WARN)
        .log(
            "{} {} {}{} {} ms",
            method,
            shortened(path),
            reply.status(),
            verdict.isEmpty() ? "" : " " + verdict,
            took.toMillis());
  }

  /** How many requests were answered, whatever with. */
  long count() {
    return answered.sum();
  }

  private static String shortened(String path) {
    return path.length() <= MAX_PATH_CHARACTERS
        ? path
        : path.substring(0, MAX_PATH_CHARACTERS) + "...";
  }
}
