package dev.promptlab.local.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.local.server.function.LocalFunction;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The gateway over a real socket, around handlers of the test's own. */
class HttpGatewayIT {
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpGateway gateway = bound();

  @AfterEach
  void close() {
    gateway.close();
    client.close();
  }

  @Test
  void carriesARequestToTheHandlerAndItsResponseBack() throws Exception {
    AtomicReference<APIGatewayV2HTTPEvent> seen = new AtomicReference<>();
    start(
        (event, context) -> {
          seen.set(event);
          assertThat(context.getRemainingTimeInMillis()).isBetween(1, 30_000);
          assertThat(context.getAwsRequestId()).isNotBlank();
          return response(201, "{\"a\":1}", Map.of("X-Cache", "HIT"), List.of("a=1", "b=2"));
        });

    HttpResponse<String> response =
        client.send(
            request("/x%20y?q=1")
                .header("Content-Type", "application/json")
                .header("X-One", "1")
                .header("X-One", "2")
                .POST(BodyPublishers.ofString("{}"))
                .build(),
            BodyHandlers.ofString());

    APIGatewayV2HTTPEvent event = seen.get();
    assertThat(event.getRawPath()).isEqualTo("/x y");
    assertThat(event.getBody()).isEqualTo("{}");
    assertThat(event.getHeaders())
        .containsEntry("x-one", "1,2")
        .containsEntry("content-type", "application/json")
        .containsEntry("content-length", "2");
    assertThat(event.getRequestContext().getHttp().getSourceIp()).isEqualTo("127.0.0.1");
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.body()).isEqualTo("{\"a\":1}");
    assertThat(response.headers().firstValue("x-cache")).hasValue("HIT");
    assertThat(response.headers().allValues("set-cookie")).containsExactly("a=1", "b=2");
    assertThat(response.headers().firstValue("apigw-requestid"))
        .hasValue(event.getRequestContext().getRequestId());
  }

  @Test
  void givesEveryRequestAnIdOfItsOwn() {
    start((event, context) -> response(200, event.getRequestContext().getRequestId()));

    List<CompletableFuture<HttpResponse<String>>> responses =
        IntStream.range(0, 200)
            .mapToObj(_ -> client.sendAsync(request("/").build(), BodyHandlers.ofString()))
            .toList();

    assertThat(responses.stream().map(response -> response.join().body()).distinct().count())
        .isEqualTo(200);
  }

  @Test
  void isA500_whenTheHandlerThrows() throws Exception {
    start(
        (event, context) -> {
          throw new StackOverflowError("on purpose");
        });

    assertOwnAnswer(send(request("/").build()), 500, "Internal Server Error");
  }

  @Test
  void isA500_whenTheResponseExceedsLambdasLimit() throws Exception {
    start((event, context) -> response(200, "x".repeat(6_291_556)));

    assertOwnAnswer(send(request("/").build()), 500, "Internal Server Error");
  }

  @Test
  void isA503_whenTheHandlerTakesTooLong() throws Exception {
    CompletableFuture<String> interrupted = new CompletableFuture<>();
    start(
        (event, context) -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.complete("yes");
          }
          return response(200, "late");
        },
        Duration.ofMillis(200));

    assertOwnAnswer(send(request("/").build()), 503, "Service Unavailable");
    assertThat(interrupted.join()).isEqualTo("yes");
  }

  @Test
  void isA413_whenTheBodyExceedsTheGatewaysOrLambdasLimit() throws Exception {
    start((event, context) -> response(200, "never"));

    for (int size : new int[] {11 * 1024 * 1024, 6_291_556}) {
      HttpRequest request =
          request("/")
              .header("Content-Type", "text/plain")
              .POST(BodyPublishers.ofString("x".repeat(size)))
              .build();
      assertOwnAnswer(send(request), 413, "Request Entity Too Large");
    }
  }

  @Test
  void sendsNoBody_whenTheMethodIsHeadOrTheStatusForbidsOne() throws Exception {
    start(
        (event, context) ->
            event.getRequestContext().getHttp().getMethod().equals("HEAD")
                ? response(200, "hello")
                : response(204, "ignored"));

    HttpResponse<String> head = send(request("/").method("HEAD", BodyPublishers.noBody()).build());
    HttpResponse<String> noContent = send(request("/").DELETE().build());

    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("content-length")).hasValue("5");
    assertThat(noContent.statusCode()).isEqualTo(204);
    assertThat(noContent.body()).isEmpty();
  }

  @Test
  void finishesWhatRuns_whenItIsStopped() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    start(
        (event, context) -> {
          entered.countDown();
          awaitUninterrupted(release);
          return response(200, "done");
        });
    CompletableFuture<HttpResponse<String>> running =
        client.sendAsync(request("/").build(), BodyHandlers.ofString());
    entered.await();

    Thread stopping = Thread.ofVirtual().start(() -> gateway.stop(Duration.ofSeconds(10)));
    release.countDown();

    assertThat(running.join().body()).isEqualTo("done");
    assertThat(stopping.join(Duration.ofSeconds(5))).isTrue();
    assertThatThrownBy(() -> send(request("/").build())).isInstanceOf(IOException.class);
  }

  @Test
  void doesNotWaitForACallerThatIsGone_whenItIsStopped() throws Exception {
    start((event, context) -> response(200, "never"));
    try (Socket caller = new Socket(gateway.address().getAddress(), gateway.address().getPort())) {
      caller
          .getOutputStream()
          .write(
              "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"
                  .getBytes(StandardCharsets.US_ASCII));
      // It waits for the rest by then.
      TimeUnit.MILLISECONDS.sleep(200);
    }
    Thread stopping = Thread.ofVirtual().start(() -> gateway.stop(Duration.ofSeconds(30)));

    assertThat(stopping.join(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void refusesToBind_whenThePortIsInUse() {
    assertThatThrownBy(() -> HttpGateway.bind(gateway.address(), Clock.systemUTC()))
        .isInstanceOf(BindException.class);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HttpGateway bound() {
    try {
      return HttpGateway.bind(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Clock.systemUTC());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void start(RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> handler) {
    start(handler, Duration.ofSeconds(30));
  }

  private void start(
      RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> handler, Duration timeout) {
    gateway.start(new LocalFunction<>("test", handler, timeout, 128));
  }

  private HttpRequest.Builder request(String target) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + gateway.address().getPort() + target));
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, BodyHandlers.ofString());
  }

  private static void assertOwnAnswer(HttpResponse<String> response, int status, String message) {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo("{\"message\":\"%s\"}".formatted(message));
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(response.headers().firstValue("apigw-requestid")).isPresent();
  }

  private static APIGatewayV2HTTPResponse response(int status, String body) {
    return response(status, body, Map.of(), List.of());
  }

  private static APIGatewayV2HTTPResponse response(
      int status, String body, Map<String, String> headers, List<String> cookies) {
    return APIGatewayV2HTTPResponse.builder()
        .withStatusCode(status)
        .withHeaders(headers)
        .withCookies(cookies)
        .withBody(body)
        .build();
  }
}
