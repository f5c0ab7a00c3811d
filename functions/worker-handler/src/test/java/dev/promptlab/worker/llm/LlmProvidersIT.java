package dev.promptlab.worker.llm;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.templates.RenderedPrompt;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each provider's own wire protocol, over HTTP. */
final class LlmProvidersIT {
  @RegisterExtension
  static final WireMockExtension server =
      WireMockExtension.newInstance().options(wireMockConfig().dynamicPort()).build();

  /** Longer than any answer takes here, even the first on a busy machine. */
  private static final Duration PATIENT = Duration.ofSeconds(20);

  private static final LlmRequest REQUEST =
      new LlmRequest(
          new RenderedPrompt(Optional.of("Be brief."), "Hello é"), "model-1", 99, Optional.of(0.5));

  private static LlmClient client(Provider provider) {
    return client(provider, PATIENT);
  }

  private static LlmClient client(Provider provider, Duration timeout) {
    return LlmProviders.of(
            Environment.of(
                Map.of(
                    "PROVIDERS", "anthropic,openai,bedrock",
                    "ANTHROPIC_API_KEY", "key-a",
                    "OPENAI_API_KEY", "key-o",
                    "ANTHROPIC_BASE_URL", server.baseUrl(),
                    "OPENAI_BASE_URL", server.baseUrl() + "/v1/",
                    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", server.baseUrl(),
                    "AWS_REGION", "us-east-1",
                    "AWS_ACCESS_KEY_ID", "test",
                    "AWS_SECRET_ACCESS_KEY", "test",
                    "BEDROCK_MODEL", "model-1")),
            timeout)
        .provider(provider)
        .orElseThrow()
        .client();
  }

  @Test
  void speaksAnthropicMessages() {
    server.stubFor(
        post(urlEqualTo("/v1/messages"))
            .willReturn(
                okJson(
                    """
                    {"id":"msg_1","type":"message","role":"assistant","model":"claude-x-20260101",
                     "content":[{"type":"text","text":"Hi é"}],"stop_reason":"end_turn","stop_sequence":null,
                     "usage":{"input_tokens":12,"output_tokens":3}}
                    """)));
    assertThat(client(Provider.ANTHROPIC).generate(REQUEST))
        .isEqualTo(
            new Generation("claude-x-20260101", "Hi é", FinishReason.STOP, new TokenUsage(12, 3)));
    server.verify(
        1,
        postRequestedFor(urlEqualTo("/v1/messages"))
            .withHeader("x-api-key", equalTo("key-a"))
            .withRequestBody(
                equalToJson(
                    """
                    {"model":"model-1","max_tokens":99,"temperature":0.5,
                     "system":[{"type":"text","text":"Be brief."}],
                     "messages":[{"role":"user","content":[{"type":"text","text":"Hello é"}]}]}
                    """,
                    true,
                    true)));
  }

  @Test
  void speaksOpenAiChatCompletions() {
    server.stubFor(
        post(urlEqualTo("/v1/chat/completions"))
            .willReturn(
                okJson(
                    """
                    {"id":"c1","object":"chat.completion","created":1,"model":"gpt-x-2026",
                     "choices":[{"index":0,"message":{"role":"assistant","content":"Hi é"},"finish_reason":"length"}],
                     "usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}
                    """)));
    assertThat(client(Provider.OPENAI).generate(REQUEST))
        .isEqualTo(
            new Generation("gpt-x-2026", "Hi é", FinishReason.LENGTH, new TokenUsage(12, 3)));
    server.verify(
        1,
        postRequestedFor(urlEqualTo("/v1/chat/completions"))
            .withHeader("Authorization", equalTo("Bearer key-o"))
            .withRequestBody(
                equalToJson(
                    """
                    {"model":"model-1","max_tokens":99,"temperature":0.5,
                     "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello é"}]}
                    """,
                    true,
                    true)));
  }

  @Test
  void speaksBedrockConverse() {
    server.stubFor(
        post(urlPathEqualTo("/model/model-1/converse"))
            .willReturn(
                okJson(
                    """
                    {"output":{"message":{"role":"assistant","content":[{"text":"Hi é"}]}},
                     "stopReason":"max_tokens","usage":{"inputTokens":12,"outputTokens":3,"totalTokens":15},
                     "metrics":{"latencyMs":5}}
                    """)));
    assertThat(client(Provider.BEDROCK).generate(REQUEST))
        .isEqualTo(new Generation("model-1", "Hi é", FinishReason.LENGTH, new TokenUsage(12, 3)));
    server.verify(
        1,
        postRequestedFor(urlPathEqualTo("/model/model-1/converse"))
            .withRequestBody(
                equalToJson(
                    """
                    {"messages":[{"role":"user","content":[{"text":"Hello é"}]}],
                     "system":[{"text":"Be brief."}],"inferenceConfig":{"maxTokens":99,"temperature":0.5}}
                    """,
                    true,
                    true)));
  }

  private static void assertFails(
      Provider provider, ResponseDefinitionBuilder response, String code, boolean retryable) {
    assertFails(client(provider), response, code, retryable);
  }

  private static void assertFails(
      LlmClient client, ResponseDefinitionBuilder response, String code, boolean retryable) {
    server.stubFor(any(anyUrl()).willReturn(response));
    assertThatThrownBy(() -> client.generate(REQUEST))
        .isInstanceOfSatisfying(
            LlmException.class,
            e -> {
              assertThat(e.error().code()).isEqualTo(code);
              assertThat(e.error().retryable()).isEqualTo(retryable);
              assertThat(e.error().message()).doesNotContain("Hello").doesNotContain("secret");
            });
    assertThat(server.getAllServeEvents()).as("a call is made once").hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "ANTHROPIC, 401, provider-auth,            false",
    "ANTHROPIC, 400, provider-invalid-request, false",
    "ANTHROPIC, 404, provider-model-not-found, false",
    "ANTHROPIC, 429, provider-rate-limited,    true",
    "ANTHROPIC, 500, provider-unavailable,     true",
    "ANTHROPIC, 529, provider-unavailable,     true",
    "OPENAI,    401, provider-auth,            false",
    "OPENAI,    400, provider-invalid-request, false",
    "OPENAI,    404, provider-model-not-found, false",
    "OPENAI,    429, provider-rate-limited,    true",
    "OPENAI,    503, provider-unavailable,     true",
    "BEDROCK,   403, provider-auth,            false",
    "BEDROCK,   400, provider-invalid-request, false",
    "BEDROCK,   500, provider-unavailable,     true",
  })
  void sortsErrors_byTheirStatus(Provider provider, int status, String code, boolean retryable) {
    assertFails(
        provider,
        aResponse()
            .withStatus(status)
            .withHeader("Content-Type", "application/json")
            .withBody(
                "{\"type\":\"error\",\"error\":{\"type\":\"t\",\"message\":\"the secret prompt was Hello\"}}"),
        code,
        retryable);
  }

  @Test
  void sortsBedrocksThrottling_byItsType() {
    assertFails(
        Provider.BEDROCK,
        aResponse()
            .withStatus(429)
            .withHeader("x-amzn-ErrorType", "ThrottlingException")
            .withBody("{\"message\":\"slow down\"}"),
        "provider-rate-limited",
        true);
  }

  @ParameterizedTest
  @EnumSource(Provider.class)
  void givesUp_whenTheAnswerTakesTooLong(Provider provider) {
    assertFails(
        client(provider, Duration.ofSeconds(1)),
        okJson("{}").withFixedDelay(5_000),
        "provider-timeout",
        true);
  }

  @ParameterizedTest
  @EnumSource(Provider.class)
  void says_whenTheConnectionBreaks(Provider provider) {
    assertFails(
        provider,
        aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER),
        "provider-unreachable",
        true);
  }

  @ParameterizedTest
  @CsvSource({
    "ANTHROPIC, '{\"unclosed\":', provider-bad-answer",
    "ANTHROPIC, '{\"model\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}],\"usage\":{\"input_tokens\":-3,\"output_tokens\":1}}', provider-bad-answer",
    "BEDROCK,   '{}',              provider-bad-answer",
    "ANTHROPIC, '{}',              provider-bad-answer",
    "OPENAI,    '{\"unclosed\":', provider-bad-answer",
    // An answer without choices: for LangChain4j a fault of the server.
    "OPENAI,    '{}',              provider-unavailable",
  })
  void says_whenTheAnswerCannotBeRead(Provider provider, String body, String code) {
    assertFails(provider, okJson(body), code, true);
  }

  @Test
  void namesTheKeyThatIsMissing_butNeedsNoneForAServerOfOnesOwn() {
    assertThatThrownBy(
            () ->
                LlmProviders.of(
                    Environment.of(Map.of("PROVIDERS", "openai")), Duration.ofSeconds(1)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("OPENAI_API_KEY: ");
    assertThat(
            LlmProviders.of(
                    Environment.of(
                        Map.of("PROVIDERS", "openai", "OPENAI_BASE_URL", server.baseUrl())),
                    Duration.ofSeconds(1))
                .provider(Provider.OPENAI))
        .isPresent();
  }

  @Test
  void readsKeysFromTheSecret() {
    server.stubFor(
        post(urlEqualTo("/"))
            .willReturn(
                okJson("{\"SecretString\":\"{\\\"ANTHROPIC_API_KEY\\\":\\\"from-secret\\\"}\"}")));
    server.stubFor(post(urlEqualTo("/v1/messages")).willReturn(aResponse().withStatus(500)));
    LlmProviders providers =
        LlmProviders.of(
            Environment.of(
                Map.of(
                    "PROVIDERS", "anthropic",
                    "PROVIDER_KEYS_SECRET_ARN",
                        "arn:aws:secretsmanager:us-east-1:000000000000:secret:keys",
                    "AWS_ENDPOINT_URL_SECRETS_MANAGER", server.baseUrl(),
                    "ANTHROPIC_BASE_URL", server.baseUrl(),
                    "AWS_REGION", "us-east-1",
                    "AWS_ACCESS_KEY_ID", "test",
                    "AWS_SECRET_ACCESS_KEY", "test")),
            Duration.ofSeconds(1));
    assertThatThrownBy(
            () -> providers.provider(Provider.ANTHROPIC).orElseThrow().client().generate(REQUEST))
        .isInstanceOf(LlmException.class);
    server.verify(
        postRequestedFor(urlEqualTo("/v1/messages"))
            .withHeader("x-api-key", equalTo("from-secret")));
  }
}
