package dev.promptlab.bench.inprocess;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.config.Environment;
import dev.promptlab.generate.GenerateHandler;
import dev.promptlab.local.server.function.LambdaContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Requests to a handler in this JVM, all of which are answered from the cache. The event is made of
 * the same objects each time: what API Gateway and Lambda's runtime do is not the handler's time.
 * Not thread-safe.
 */
public final class HitCalls implements AutoCloseable {
  /** A prime number, so that no caller meets the same one again while a window of 1 s lasts. */
  private static final int CONTEXTS = 100_003;

  private static final int WARM_UP_CALLS = 30_000;
  private static final int MOST_REFUSED = 20;
  private static final int UNAVAILABLE = 503;

  private final GenerateHandler handler;
  private final Callers callers;

  /** Made before: a request is charged by its context's id, so one after the other has another. */
  private final List<LambdaContext> contexts =
      Stream.generate(() -> new LambdaContext("promptlab-generate", 1024, Duration.ofSeconds(30)))
          .limit(CONTEXTS)
          .toList();

  private final APIGatewayV2HTTPEvent event = event();
  private final String[] bodies;
  private int sent;

  /**
   * Starts the handler.
   *
   * @param firstInput of those whose results are asked for in turn
   * @param inputs how many these are
   */
  public HitCalls(Map<String, String> environment, Callers callers, int firstInput, int inputs) {
    this.handler = new GenerateHandler(Environment.of(environment));
    this.callers = callers;
    this.bodies = new String[inputs];
    for (int i = 0; i < inputs; i++) {
      bodies[i] =
          "{\"templateId\":\"%s\",\"provider\":\"anthropic\",\"input\":\"%s\"}"
              .formatted(BenchResults.TEMPLATE, BenchResults.input(firstInput + i));
    }
  }

  /**
   * The answer to the next request.
   *
   * @throws IllegalStateException if it is no hit
   */
  public APIGatewayV2HTTPResponse next() {
    APIGatewayV2HTTPResponse reply = send();
    if (!"HIT".equals(reply.getHeaders().get("X-Cache"))) {
      throw new IllegalStateException("no hit: " + reply.getStatusCode() + " " + reply.getBody());
    }
    return reply;
  }

  private APIGatewayV2HTTPResponse send() {
    callers.sign(event);
    event.setBody(bodies[sent % bodies.length]);
    LambdaContext context = contexts.get(sent % CONTEXTS);
    sent = (sent + 1) & Integer.MAX_VALUE;
    return handler.handleRequest(event, context);
  }

  /** By a number of calls, not by time: on a busy machine the compiler takes longer. */
  public void warmUp() {
    // The first ones are refused while a busy machine has not connected to Redis yet.
    for (int i = 0; i < MOST_REFUSED && send().getStatusCode() == UNAVAILABLE; i++) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < WARM_UP_CALLS; i++) {
      next();
    }
  }

  private static APIGatewayV2HTTPEvent event() {
    Map<String, String> headers = new HashMap<>();
    headers.put("accept", "*/*");
    headers.put("accept-encoding", "gzip, deflate");
    headers.put("content-length", "300");
    headers.put("content-type", "application/json");
    headers.put("host", "abcdefghij.execute-api.us-east-1.amazonaws.com");
    headers.put("user-agent", "python-requests/2.32.3");
    headers.put("x-amzn-trace-id", "Root=1-65f1a2b3-0123456789abcdef01234567");
    headers.put("x-forwarded-for", "198.51.100.7");
    headers.put("x-forwarded-port", "443");
    headers.put("x-forwarded-proto", "https");
    return APIGatewayV2HTTPEvent.builder()
        .withVersion("2.0")
        .withRouteKey("$default")
        .withRawPath("/generate")
        .withRawQueryString("")
        .withHeaders(headers)
        .withRequestContext(
            RequestContext.builder()
                .withRequestId("JKJaXmPLvHcESHA=")
                .withStage("$default")
                .withHttp(
                    RequestContext.Http.builder()
                        .withMethod("POST")
                        .withPath("/generate")
                        .withProtocol("HTTP/1.1")
                        .withSourceIp("198.51.100.7")
                        .build())
                .build())
        .withIsBase64Encoded(false)
        .build();
  }

  @Override
  public void close() {
    handler.close();
  }
}
