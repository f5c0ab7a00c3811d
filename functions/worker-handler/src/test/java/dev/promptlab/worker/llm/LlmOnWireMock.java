package dev.promptlab.worker.llm;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import dev.promptlab.config.Environment;
import dev.promptlab.generation.Provider;
import dev.promptlab.templates.RenderedPrompt;
import dev.promptlab.testing.SettableClock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The real clients of all providers, and a server that answers them as the test says. */
final class LlmOnWireMock {
  /** Stands at 2026-01-01T00:00:00Z. */
  static final Clock CLOCK = new SettableClock();

  /** Longer than any answer takes here, even the first on a busy machine. */
  static final Duration PATIENT = Duration.ofSeconds(20);

  static final LlmRequest REQUEST =
      new LlmRequest(
          new RenderedPrompt(Optional.of("Be brief."), "Hello é"), "model-1", 99, Optional.of(0.5));

  private LlmOnWireMock() {}

  static WireMockExtension server() {
    return WireMockExtension.newInstance()
        .options(wireMockConfig().dynamicPort().dynamicHttpsPort())
        .build();
  }

  static LlmClient client(Provider provider, String baseUrl, Duration timeout) {
    Map<String, String> settings = new TreeMap<>(settings(provider, baseUrl));
    settings.put("PROVIDERS", provider.wireName());
    return LlmProviders.of(Environment.of(settings), timeout, CLOCK)
        .provider(provider)
        .orElseThrow()
        .client();
  }

  private static Map<String, String> settings(Provider provider, String baseUrl) {
    return switch (provider) {
      case ANTHROPIC -> Map.of("ANTHROPIC_API_KEY", "key-a", "ANTHROPIC_BASE_URL", baseUrl);
      case OPENAI -> Map.of("OPENAI_API_KEY", "key-o", "OPENAI_BASE_URL", baseUrl + "/v1/");
      case BEDROCK ->
          Map.of(
              "BEDROCK_MODEL", "model-1",
              "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", baseUrl,
              "AWS_REGION", "us-east-1",
              "AWS_ACCESS_KEY_ID", "test",
              "AWS_SECRET_ACCESS_KEY", "test");
    };
  }

  /** What one call gives where the server answers all with this. */
  static LlmException failure(
      WireMockExtension server, LlmClient client, ResponseDefinitionBuilder response) {
    server.resetAll();
    server.stubFor(any(anyUrl()).willReturn(response));
    LlmException failure = failure(client);
    assertThat(server.getAllServeEvents()).as("a call is made once").hasSize(1);
    return failure;
  }

  static LlmException failure(
      WireMockExtension server, Provider provider, ResponseDefinitionBuilder response) {
    return failure(
        server, client(provider, server.getRuntimeInfo().getHttpBaseUrl(), PATIENT), response);
  }

  /** What one call gives; whatever is logged of it repeats nothing that a server said. */
  static LlmException failure(LlmClient client) {
    LlmException failure = catchThrowableOfType(LlmException.class, () -> client.generate(REQUEST));
    assertThat(failure).as("the failure").isNotNull();
    StringWriter logged = new StringWriter();
    failure.printStackTrace(new PrintWriter(logged));
    assertThat(logged + failure.error().message())
        .doesNotContainIgnoringCase("Hello")
        .doesNotContainIgnoringCase("secret");
    return failure;
  }
}
