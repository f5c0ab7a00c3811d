package dev.promptlab.local.services;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.promptlab.local.services.http.LoopbackServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A stand-in for the LLM providers where none is configured: an HTTP server on a free port of
 * 127.0.0.1 that speaks Anthropic's Messages API ({@code POST /v1/messages}) and OpenAI's Chat
 * Completions API ({@code POST /v1/chat/completions}), without streaming and for any API key. It
 * asks no model, and its answers say so in their text and in their {@code model}. Thread-safe.
 */
public final class StandInLlm implements AutoCloseable {
  /** What every answer gives as its model. */
  public static final String MODEL = "promptlab-stand-in";

  private static final int MAX_REQUEST_BYTES = 32 * 1024 * 1024;
  private static final int DROPPED = 0;
  private static final List<LlmDialect> DIALECTS =
      List.of(new AnthropicDialect(), new OpenAiDialect());

  private final Options options;
  private final ObjectMapper json = new ObjectMapper();
  private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private final LoopbackServer server;

  private StandInLlm(Options options) throws IOException {
    this.options = options;
    this.server = LoopbackServer.start(this::handle);
  }

  /**
   * How it answers.
   *
   * @param delay how long a call takes
   * @param text makes the text of an answer from the prompt
   */
  public record Options(Duration delay, UnaryOperator<String> text) {
    /** 600 ms, and a text that says what it is. */
    public static Options standard() {
      return new Options(Duration.ofMillis(600), StandInText::of);
    }

    /** The same with another delay. */
    public Options withDelay(Duration other) {
      return new Options(other, text);
    }
  }

  /**
   * How a call fails, for tests.
   *
   * @param status the HTTP status; its body has the provider's own form
   * @param headers such as {@code Retry-After}
   */
  public record Failure(int status, Map<String, String> headers) {
    public Failure {
      headers = Map.copyOf(headers);
    }

    /** An answer with this status. */
    public static Failure status(int status) {
      return new Failure(status, Map.of());
    }

    /** No answer: the connection is closed. */
    public static Failure dropped() {
      return new Failure(DROPPED, Map.of());
    }
  }

  /**
   * Starts one with the standard options.
   *
   * @throws LocalServicesException if no port can be opened
   */
  public static StandInLlm start() {
    return start(Options.standard());
  }

  /** As {@link #start()}, with options of one's own. */
  public static StandInLlm start(Options options) {
    try {
      return new StandInLlm(options);
    } catch (IOException e) {
      throw new LocalServicesException(
          "The stand-in LLM could not open a port on 127.0.0.1: "
              + LocalServicesException.reason(e),
          e);
    }
  }

  /** Where it listens, without {@code /v1}. */
  public URI baseUrl() {
    return server.url();
  }

  /** How many calls it has answered with a text. */
  public int calls() {
    return calls.get();
  }

  /** How many requests have come in, whatever the answer was. */
  public int requests() {
    return requests.get();
  }

  /** Lets the next valid calls fail, one for each failure. */
  public void failNext(Failure... next) {
    failures.addAll(List.of(next));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.incrementAndGet();
      LlmDialect dialect = dialect(exchange);
      try {
        if (!exchange.getRequestURI().getPath().equals(dialect.path())) {
          throw new LlmRefusal(404, "There is nothing at " + exchange.getRequestURI().getPath());
        }
        answer(exchange, dialect);
      } catch (LlmRefusal e) {
        write(exchange, e.status(), dialect.error(e));
      }
    }
  }

  private static LlmDialect dialect(HttpExchange exchange) {
    for (LlmDialect dialect : DIALECTS) {
      if (exchange.getRequestURI().getPath().equals(dialect.path())) {
        return dialect;
      }
    }
    return exchange.getRequestHeaders().containsKey("anthropic-version")
        ? DIALECTS.getFirst()
        : DIALECTS.getLast();
  }

  private void answer(HttpExchange exchange, LlmDialect dialect) throws IOException {
    LlmCall call = dialect.read(body(exchange));
    Failure failure = failures.poll();
    if (failure != null) {
      fail(exchange, failure);
      return;
    }
    pause();
    StandInText text = StandInText.cut(options.text().apply(call.prompt()), call.maxTokens());
    calls.incrementAndGet();
    write(exchange, 200, dialect.answer(call, text));
  }

  private static void fail(HttpExchange exchange, Failure failure) {
    if (failure.status() == DROPPED) {
      exchange.close();
      return;
    }
    failure.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    throw new LlmRefusal(failure.status(), "A failure that a test has asked for");
  }

  private JsonNode body(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      throw new LlmRefusal(405, "Only POST is possible here");
    }
    byte[] body = exchange.getRequestBody().readNBytes(MAX_REQUEST_BYTES + 1);
    if (body.length > MAX_REQUEST_BYTES) {
      throw new LlmRefusal(413, "The request is larger than 32 MiB");
    }
    try {
      JsonNode node = json.readTree(body);
      return node.isObject() ? node : JsonNodeFactory.instance.objectNode();
    } catch (JsonProcessingException e) {
      throw new LlmRefusal(400, "The body is not JSON");
    }
  }

  private void pause() {
    try {
      Thread.sleep(options.delay());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LlmRefusal(503, "The stand-in is stopping");
    }
  }

  private void write(HttpExchange exchange, int status, ObjectNode answer) throws IOException {
    byte[] body = json.writeValueAsBytes(answer);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Stops it; calls that are under way get no answer. */
  @Override
  public void close() {
    server.close();
  }
}
