package dev.promptlab.local.server.lambda;

import com.sun.net.httpserver.HttpExchange;
import dev.promptlab.local.services.http.LoopbackServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Lambda's runtime API for one function: what its runtime interface client asks for events, and,
 * with SnapStart, for the moment in which it has been restored.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Lambda runtime
 *     API</a>
 */
public final class RuntimeApi implements AutoCloseable {
  private static final String BASE = "/2018-06-01/runtime";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final LoopbackServer server;
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
  private final CountDownLatch restored = new CountDownLatch(1);

  /**
   * What the function's runtime has told.
   *
   * @param what the end of the path: {@code response}, {@code error}, {@code snapshot}, …
   * @param nanos when it came, by {@link System#nanoTime}
   */
  public record Told(String what, String body, long nanos) {}

  private RuntimeApi() throws IOException {
    server = LoopbackServer.start(this::answer);
  }

  /** One on a free port of 127.0.0.1. */
  public static RuntimeApi start() {
    try {
      return new RuntimeApi();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port that it listens on. */
  public int port() {
    return server.url().getPort();
  }

  /** Lets the snapshot come to life, as it waits for that. */
  public void restore() {
    restored.countDown();
  }

  /** Hands an event over when the function asks for the next one. */
  public void send(String event) {
    events.add(event);
  }

  /**
   * The next that the function's runtime tells.
   *
   * @throws IllegalStateException if that is nothing, for a minute
   */
  public Told next() throws InterruptedException {
    Told next = told.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new IllegalStateException("the function has told nothing");
    }
    return next;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(BASE.length());
      switch (path) {
        case "/restore/next" -> {
          tell("snapshot", "");
          restored.await();
          reply(exchange, 200, "");
        }
        case "/invocation/next" -> {
          String event = events.take();
          exchange
              .getResponseHeaders()
              .set("Lambda-Runtime-Aws-Request-Id", UUID.randomUUID().toString());
          exchange
              .getResponseHeaders()
              .set(
                  "Lambda-Runtime-Deadline-Ms",
                  Long.toString(Instant.now().plusSeconds(30).toEpochMilli()));
          exchange
              .getResponseHeaders()
              .set(
                  "Lambda-Runtime-Invoked-Function-Arn",
                  "arn:aws:lambda:us-east-1:000000000000:function:promptlab");
          reply(exchange, 200, event);
        }
        default -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          tell(path.replaceFirst("^/invocation/[^/]*/", ""), body);
          reply(exchange, 202, "{\"status\":\"OK\"}");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(String what, String body) {
    told.add(new Told(what, body, System.nanoTime()));
  }

  private static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
