package dev.promptlab.worker.llm;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * HTTP to one provider, for LangChain4j, whose own client loses a refusal's headers, takes answers
 * of any size, and stops its clock at an answer's first byte. Whatever fails is a {@link
 * LlmException}, which LangChain4j passes on as it is. Thread-safe.
 */
final class LlmHttpClient implements HttpClient {
  /** Sixteen times the longest output that is kept. */
  static final int MAX_ANSWER_BYTES = 8 * 1024 * 1024;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final java.net.http.HttpClient http;
  private final ErrorBody errors;
  private final Duration timeout;
  private final Clock clock;

  private LlmHttpClient(ErrorBody errors, Duration timeout, Clock clock) {
    this.http = java.net.http.HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    this.errors = errors;
    this.timeout = timeout;
    this.clock = clock;
  }

  /**
   * Builds clients.
   *
   * @param timeout for a whole call
   */
  static HttpClientBuilder builder(ErrorBody errors, Duration timeout, Clock clock) {
    return new Builder(errors, timeout, clock);
  }

  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    HttpResponse<byte[]> response = send(request);
    int status = response.statusCode();
    if (status < 200 || status >= 300) {
      throw new LlmException(
          errors.error(status, response.body()),
          status,
          RetryAfter.of(status, response.headers()::firstValue, clock.instant()).orElse(null));
    }
    return SuccessfulHttpResponse.builder()
        .statusCode(status)
        .headers(response.headers().map())
        .body(response.body())
        .build();
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    throw new UnsupportedOperationException("nothing here streams");
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    CompletableFuture<HttpResponse<byte[]>> response =
        http.sendAsync(wire(request), _ -> new BoundedBody(MAX_ANSWER_BYTES));
    try {
      return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      response.cancel(true);
      throw new LlmException(LlmErrors.TIMEOUT, e);
    } catch (InterruptedException e) {
      // Whoever waited has given up.
      response.cancel(true);
      Thread.currentThread().interrupt();
      throw new LlmException(LlmErrors.TIMEOUT, e);
    }
  }

  private static LlmException failure(Throwable cause) {
    return new LlmException(
        switch (cause) {
          case AnswerTooLargeException _ -> LlmErrors.BAD_ANSWER;
          case IOException _ -> LlmErrors.NETWORK;
          default -> LlmErrors.BAD_ANSWER;
        },
        cause);
  }

  private static java.net.http.HttpRequest wire(HttpRequest request) {
    BodyPublisher body =
        request.body() == null ? BodyPublishers.noBody() : BodyPublishers.ofString(request.body());
    java.net.http.HttpRequest.Builder wire =
        java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
            .method(request.method().name(), body);
    request.headers().forEach((name, values) -> values.forEach(value -> wire.header(name, value)));
    return wire.build();
  }

  /** LangChain4j sets both time-outs to the same; they are here already. */
  private record Builder(ErrorBody errors, Duration timeout, Clock clock)
      implements HttpClientBuilder {
    @Override
    public Duration connectTimeout() {
      return CONNECT_TIMEOUT;
    }

    @Override
    public HttpClientBuilder connectTimeout(Duration ignored) {
      return this;
    }

    @Override
    public Duration readTimeout() {
      return timeout;
    }

    @Override
    public HttpClientBuilder readTimeout(Duration ignored) {
      return this;
    }

    @Override
    public HttpClient build() {
      return new LlmHttpClient(errors, timeout, clock);
    }
  }
}
