package dev.promptlab.local.server;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.local.server.function.Invocation;
import dev.promptlab.local.server.function.LocalFunction;
import dev.promptlab.local.server.gateway.GatewayRequest;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Calls the generate function before the first caller does. A JVM that loads classes while fifty
 * requests arrive at once is slower than the limiter's budget for Redis, which then refuses: on
 * Lambda an environment gets one request at a time, here they all come to one. The requests have a
 * key that nobody has, and an address that no caller has (RFC 5737): they make no job and count for
 * nothing.
 *
 * <p>It ends once the function is no longer without Redis: on a slow machine the burst itself may
 * be what Redis could not be asked in time for, and the first caller would be refused for it.
 */
final class WarmUp {
  private static final int CALLERS = 8;
  private static final int REQUESTS_EACH = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private WarmUp() {}

  static void run(
      LocalFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> generate, String provider) {
    run(generate, provider, PATIENCE);
  }

  /**
   * Warms up.
   *
   * @param patience how long to wait for Redis, before and after the burst
   */
  static void run(
      LocalFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> generate,
      String provider,
      Duration patience) {
    GatewayRequest request =
        new GatewayRequest(
            "POST",
            URI.create("/generate"),
            "HTTP/1.1",
            Map.of(
                "content-type", List.of("application/json"),
                "x-api-key", List.of(KeySecret.generate().reveal())),
            "{\"templateId\":\"warm-up\",\"provider\":\"%s\",\"input\":\"warm-up\"}"
                .formatted(provider)
                .getBytes(StandardCharsets.UTF_8),
            "192.0.2.1",
            0);
    try {
      // One connects; several would wait for each other.
      callUntilServed(generate, request, patience);
      try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int caller = 0; caller < CALLERS; caller++) {
          callers.execute(() -> callRepeatedly(generate, request));
        }
      }
      callUntilServed(generate, request, patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void callUntilServed(
      LocalFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> generate,
      GatewayRequest request,
      Duration patience)
      throws InterruptedException {
    long start = System.nanoTime();
    while (isUnavailable(call(generate, request))
        && System.nanoTime() - start < patience.toNanos()) {
      Thread.sleep(PAUSE);
    }
  }

  private static boolean isUnavailable(Invocation<APIGatewayV2HTTPResponse> invocation) {
    return invocation instanceof Invocation.Returned<APIGatewayV2HTTPResponse>(var response)
        && response.getStatusCode() == HttpURLConnection.HTTP_UNAVAILABLE;
  }

  private static Invocation<APIGatewayV2HTTPResponse> call(
      LocalFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> generate,
      GatewayRequest request)
      throws InterruptedException {
    return generate.invoke(request.toEvent(UUID.randomUUID().toString(), Instant.now()));
  }

  private static void callRepeatedly(
      LocalFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> generate,
      GatewayRequest request) {
    try {
      for (int i = 0; i < REQUESTS_EACH; i++) {
        // What comes of it does not matter; a failure is logged as any other call's would be.
        var _ = call(generate, request);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
