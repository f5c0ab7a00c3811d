package dev.promptlab.local.server.gateway;

import com.sun.net.httpserver.HttpExchange;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A line for each request that was answered, as {@code POST /generate 202 MISS 12 ms}, in the log
 * named HTTP, which is off unless {@code scripts/run-local} shows it. Counts them. Thread-safe.
 */
final class RequestLog {
  private static final Logger log = LoggerFactory.getLogger("HTTP");

  /**
   * What callers send goes to a terminal: of any other method it is only said that there was one.
   */
  private static final Pattern METHOD = Pattern.compile("[A-Z]{1,10}");

  private static final int MAX_PATH_CHARACTERS = 120;

  private final LongAdder answered = new LongAdder();

  void answered(HttpExchange exchange, String requestId, GatewayReply reply, Duration took) {
    answered.increment();
    Level level = level(exchange, reply);
    if (!log.isEnabledForLevel(level)) {
      return;
    }
    String verdict = String.join("", reply.headers().getOrDefault("x-cache", List.of()));
    log.atLevel(level)
        .log(
            "{} {}{} {} ms{}",
            request(exchange),
            reply.status(),
            verdict.isEmpty() ? "" : " " + verdict,
            took.toMillis(),
            reply.status() < 400 ? "" : ", request " + requestId);
  }

  /** The caller went away before the request had come, or the answer had gone. */
  void lost(HttpExchange exchange) {
    log.info("{}: the caller went away", request(exchange));
  }

  /** How many requests were answered, whatever with. */
  long count() {
    return answered.sum();
  }

  /** The page asks for its files each time, which would hide what it asks of the API. */
  private static Level level(HttpExchange exchange, GatewayReply reply) {
    if (reply.status() >= 500) {
      return Level.WARN;
    }
    boolean file = exchange.getRequestURI().getRawPath().startsWith("/page/");
    return file ? Level.DEBUG : Level.INFO;
  }

  /**
   * The path as it was sent, percent-encoded, so that it cannot break the line; without the query,
   * whose values are the caller's own.
   */
  private static String request(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getRawPath();
    return "%s %s"
        .formatted(
            METHOD.matcher(method).matches() ? method : "?",
            path.length() <= MAX_PATH_CHARACTERS
                ? path
                : path.substring(0, MAX_PATH_CHARACTERS) + "...");
  }
}
