package dev.promptlab.worker.llm;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import dev.promptlab.generation.Provider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers and networks that fail without saying so. */
final class LlmFaultsIT {
  @RegisterExtension static final WireMockExtension server = LlmOnWireMock.server();

  private static void assertFails(
      Provider provider, ResponseDefinitionBuilder response, String code) {
    assertFails(LlmOnWireMock.failure(server, provider, response), code);
  }

  private static void assertFails(LlmException failure, String code) {
    assertThat(failure.error().code()).isEqualTo(code);
    assertThat(failure.error().retryable()).isTrue();
    assertThat(failure.retryAfter()).isEmpty();
  }

  private static LlmClient impatient(Provider provider) {
    return LlmOnWireMock.client(
        provider, server.getRuntimeInfo().getHttpBaseUrl(), Duration.ofSeconds(1));
  }

  /** A good answer with this output. */
  private static String answer(Provider provider, String output) {
    return switch (provider) {
      case ANTHROPIC ->
          """
          {"id":"msg_1","type":"message","role":"assistant","model":"m","stop_reason":"end_turn",
           "content":[{"type":"text","text":"%s"}],"usage":{"input_tokens":1,"output_tokens":1}}
          """
              .formatted(output);
      case OPENAI ->
          """
          {"id":"c1","object":"chat.completion","created":1,"model":"m",
           "choices":[{"index":0,"message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],
           "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}
          """
              .formatted(output);
      case BEDROCK ->
          """
          {"output":{"message":{"role":"assistant","content":[{"text":"%s"}]}},"stopReason":"end_turn",
           "usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"metrics":{"latencyMs":1}}
          """
              .formatted(output);
    };
  }

  @ParameterizedTest
  @EnumSource(Provider.class)
  void givesUp_whenTheFirstByteTakesTooLong(Provider provider) {
    assertFails(
        LlmOnWireMock.failure(
            server, impatient(provider), okJson(answer(provider, "x")).withFixedDelay(5_000)),
        "provider-timeout");
  }

  @ParameterizedTest
  @EnumSource(Provider.class)
  void givesUp_whenTheAnswerTricklesInForTooLong(Provider provider) {
    assertFails(
        LlmOnWireMock.failure(
            server,
            impatient(provider),
            okJson(answer(provider, "x".repeat(200))).withChunkedDribbleDelay(50, 10_000)),
        "provider-timeout");
  }

  @ParameterizedTest
  @CsvSource({
    "ANTHROPIC, CONNECTION_RESET_BY_PEER",
    "ANTHROPIC, EMPTY_RESPONSE",
    "OPENAI,    CONNECTION_RESET_BY_PEER",
    "OPENAI,    EMPTY_RESPONSE",
    "BEDROCK,   CONNECTION_RESET_BY_PEER",
    "BEDROCK,   EMPTY_RESPONSE",
  })
  void says_whenTheConnectionBreaks(Provider provider, Fault fault) {
    assertFails(provider, aResponse().withFault(fault), "provider-unreachable");
  }

  @ParameterizedTest
  @EnumSource(Provider.class)
  void says_whenTheConnectionIsCutWithinTheBody(Provider provider) {
    assertFails(
        provider, aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK), "provider-unreachable");
  }

  @ParameterizedTest
  @EnumSource(Provider.class)
  void says_whenNobodyListens(Provider provider) throws IOException {
    int port;
    try (ServerSocket closedAtOnce = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closedAtOnce.getLocalPort();
    }
    assertFails(
        LlmOnWireMock.failure(
            LlmOnWireMock.client(provider, "http://127.0.0.1:" + port, LlmOnWireMock.PATIENT)),
        "provider-unreachable");
  }

  @ParameterizedTest
  @EnumSource(Provider.class)
  void says_whenTheServersCertificateIsNotTrusted(Provider provider) {
    assertFails(
        LlmOnWireMock.failure(
            LlmOnWireMock.client(
                provider,
                "https://localhost:" + server.getRuntimeInfo().getHttpsPort(),
                LlmOnWireMock.PATIENT)),
        "provider-unreachable");
    assertThat(server.getAllServeEvents()).as("nothing is sent").isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Provider.class)
  void readsNoMoreThanAnAnswerMayHave(Provider provider) {
    assertFails(
        provider,
        okJson(answer(provider, "x".repeat(LlmHttpClient.MAX_ANSWER_BYTES))),
        "provider-bad-answer");
    assertFails(
        provider,
        aResponse().withStatus(500).withBody(new byte[LlmHttpClient.MAX_ANSWER_BYTES + 1]),
        // The AWS SDK goes by the status of a refusal whose body cannot be read.
        provider == Provider.BEDROCK ? "provider-unavailable" : "provider-bad-answer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          ANTHROPIC | {"unclosed":
          ANTHROPIC | {}
          ANTHROPIC | {"model":"m","content":[{"type":"text","text":"x"}],"usage":{"input_tokens":-3,"output_tokens":1}}
          ANTHROPIC | <html>the secret</html>
          OPENAI    | {"unclosed":
          OPENAI    | {}
          OPENAI    | <html>the secret</html>
          BEDROCK   | {"unclosed":
          BEDROCK   | {}
          BEDROCK   | <html>the secret</html>
          """)
  void says_whenTheAnswerCannotBeRead(Provider provider, String body) {
    assertFails(provider, okJson(body), "provider-bad-answer");
  }
}
