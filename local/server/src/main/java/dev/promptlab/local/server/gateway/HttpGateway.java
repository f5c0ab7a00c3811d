package dev.promptlab.local.server.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.promptlab.local.server.function.Invocation;
import dev.promptlab.local.server.function.LocalFunction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * API Gateway's HTTP API in front of one function: HTTP/1.1 in, events of payload format 2.0 to the
 * function of the {@code $default} route, its response or the gateway's own error back. A virtual
 * thread for every request.
 *
 * <p>It binds when it is made and answers once it is started; who connects earlier waits. Safe for
 * use by several threads.
 */
public final class HttpGateway implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpGateway.class);

  private static final int MAX_BODY_BYTES = 10 * 1024 * 1024;

  /** A refused body is read up to here, so that the caller gets to see the refusal. */
  private static final int MAX_DISCARDED_BYTES = 64 * 1024 * 1024;

  /** Lambda's limit on an event and on a response, both as JSON. */
  private static final int MAX_PAYLOAD_BYTES = 6_291_556;

  /** JSON makes of a character six bytes at most. */
  private static final int SURELY_SMALL_BYTES = MAX_PAYLOAD_BYTES / 8;

  private static final ObjectMapper json = new ObjectMapper();

  static {
    // Without nodelay a small answer waits for the client's delayed acknowledgement, up to 40 ms.
    setDefault("sun.net.httpserver.nodelay", "true");
    // A client's pool keeps connections for 30 s and more: the server must not be the first to go.
    setDefault("sun.net.httpserver.idleInterval", "300");
    setDefault("sun.net.httpserver.maxIdleConnections", "10000");
  }

  private final HttpServer server;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Clock clock;
  private final RequestLog requests = new RequestLog();
  private final AtomicInteger running = new AtomicInteger();

  private HttpGateway(HttpServer server, Clock clock) {
    this.server = server;
    this.clock = clock;
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /**
   * Takes the address, without answering yet.
   *
   * @throws IOException if the address is in use or not one of this machine's
   */
  public static HttpGateway bind(InetSocketAddress address, Clock clock) throws IOException {
    return new HttpGateway(HttpServer.create(address, 1024), clock);
  }

  /** Where it listens; the port is the real one where 0 was asked for. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** How many requests it has answered. */
  public long answered() {
    return requests.count();
  }

  /** Begins to answer, with {@code function}. */
  public void start(LocalFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function) {
    server.createContext("/", exchange -> handle(exchange, function));
    server.setExecutor(executor);
    server.start();
  }

  /** Takes no more requests and waits for those that run, {@code grace} at most. */
  public void stop(Duration grace) {
    // Takes no more requests from now on. It would also wait for those that run; but it waits for
    // those whose caller went away, too.
    Thread.ofVirtual().start(() -> server.stop(Math.toIntExact(grace.toSeconds())));
    long end = System.nanoTime() + grace.toNanos();
    try {
      while (running.get() > 0 && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.stop(0);
    executor.shutdownNow();
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }

  private void handle(
      HttpExchange exchange,
      LocalFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function)
      throws IOException {
    String requestId = GatewayIds.requestId();
    long began = System.nanoTime();
    running.incrementAndGet();
    try (exchange) {
      GatewayReply reply = answer(exchange, requestId, function);
      send(exchange, requestId, reply);
      requests.answered(exchange, requestId, reply, Duration.ofNanos(System.nanoTime() - began));
    } catch (InterruptedException e) {
      // The gateway was stopped; closing the exchange closes the connection.
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      requests.lost(exchange);
      throw e;
    } finally {
      running.decrementAndGet();
    }
  }

  private GatewayReply answer(
      HttpExchange exchange,
      String requestId,
      LocalFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function)
      throws IOException, InterruptedException {
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      discard(exchange.getRequestBody());
      return GatewayReply.requestEntityTooLarge();
    }
    APIGatewayV2HTTPEvent event = request(exchange, body).toEvent(requestId, clock.instant());
    if (exceedsPayload(body.length, event)) {
      return GatewayReply.requestEntityTooLarge();
    }
    return switch (function.invoke(event)) {
      case Invocation.Returned(var response) -> reply(function.name(), response);
      case Invocation.Failed(var _) -> GatewayReply.internalServerError();
      case Invocation.TimedOut() -> GatewayReply.serviceUnavailable();
    };
  }

  private static GatewayRequest request(HttpExchange exchange, byte[] body) {
    return new GatewayRequest(
        exchange.getRequestMethod(),
        exchange.getRequestURI(),
        exchange.getProtocol(),
        exchange.getRequestHeaders(),
        body,
        exchange.getRemoteAddress().getAddress().getHostAddress().replaceFirst("%.*", ""),
        exchange.getLocalAddress().getPort());
  }

  private static GatewayReply reply(
      String functionName, @Nullable APIGatewayV2HTTPResponse response) {
    GatewayReply reply = GatewayReply.of(response);
    if (exceedsPayload(reply.body().length, response)) {
      log.error("{}: the response exceeds Lambda's {} bytes", functionName, MAX_PAYLOAD_BYTES);
      return GatewayReply.internalServerError();
    }
    return reply;
  }

  private static boolean exceedsPayload(int bodyBytes, @Nullable Object payload) {
    if (bodyBytes <= SURELY_SMALL_BYTES) {
      return false;
    }
    try {
      return json.writeValueAsBytes(payload).length > MAX_PAYLOAD_BYTES;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("An event or response that is no JSON", e);
    }
  }

  private static void discard(InputStream body) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    int discarded = 0;
    for (int read = 0; read >= 0 && discarded < MAX_DISCARDED_BYTES; discarded += read) {
      read = body.read(buffer);
    }
  }

  private static void send(HttpExchange exchange, String requestId, GatewayReply reply)
      throws IOException {
    exchange.getResponseHeaders().putAll(reply.headers());
    exchange.getResponseHeaders().set("apigw-requestid", requestId);
    boolean bodyAllowed = reply.status() != 204 && reply.status() != 304;
    boolean head = exchange.getRequestMethod().equals("HEAD");
    if (head && bodyAllowed) {
      exchange.getResponseHeaders().set("content-length", Integer.toString(reply.body().length));
    }
    if (head || !bodyAllowed || reply.body().length == 0) {
      exchange.sendResponseHeaders(reply.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(reply.status(), reply.body().length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(reply.body());
    }
  }
}
