package dev.promptlab.worker.llm;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Anthropic's and OpenAI's own protocols over HTTP, and the settings of the providers. */
final class LlmProvidersIT {
  @RegisterExtension static final WireMockExtension server = LlmOnWireMock.server();

  private static LlmClient client(Provider provider) {
    return LlmOnWireMock.client(
        provider, server.getRuntimeInfo().getHttpBaseUrl(), LlmOnWireMock.PATIENT);
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
    assertThat(client(Provider.ANTHROPIC).generate(LlmOnWireMock.REQUEST))
        .isEqualTo(
            new LlmAnswer(
                new Generation(
                    "claude-x-20260101", "Hi é", FinishReason.STOP, new TokenUsage(12, 3)),
                0));
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
  void countsWhatAnthropicHadCached_asInputToo() {
    server.stubFor(
        post(urlEqualTo("/v1/messages"))
            .willReturn(
                okJson(
                    """
                    {"id":"msg_1","type":"message","role":"assistant","model":"m",
                     "content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","stop_sequence":null,
                     "usage":{"input_tokens":12,"cache_creation_input_tokens":5,"cache_read_input_tokens":100,
                              "output_tokens":3}}
                    """)));
    LlmAnswer answer = client(Provider.ANTHROPIC).generate(LlmOnWireMock.REQUEST);
    assertThat(answer.generation().usage()).isEqualTo(new TokenUsage(117, 3));
    assertThat(answer.cachedInputTokens()).isEqualTo(100);
  }

  @Test
  void countsWhatOpenAiHadCached_asPartOfTheInput() {
    server.stubFor(
        post(urlEqualTo("/v1/chat/completions"))
            .willReturn(
                okJson(
                    """
                    {"id":"c1","object":"chat.completion","created":1,"model":"m",
                     "choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],
                     "usage":{"prompt_tokens":117,"completion_tokens":3,"total_tokens":120,
                              "prompt_tokens_details":{"cached_tokens":100}}}
                    """)));
    LlmAnswer answer = client(Provider.OPENAI).generate(LlmOnWireMock.REQUEST);
    assertThat(answer.generation().usage()).isEqualTo(new TokenUsage(117, 3));
    assertThat(answer.cachedInputTokens()).isEqualTo(100);
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
    assertThat(client(Provider.OPENAI).generate(LlmOnWireMock.REQUEST))
        .isEqualTo(
            new LlmAnswer(
                new Generation("gpt-x-2026", "Hi é", FinishReason.LENGTH, new TokenUsage(12, 3)),
                0));
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
  void namesTheKeyThatIsMissing_butNeedsNoneForAServerOfOnesOwn() {
    assertThatThrownBy(
            () ->
                LlmProviders.of(
                        Environment.of(Map.of("PROVIDERS", "openai")),
                        Duration.ofSeconds(1),
                        LlmOnWireMock.CLOCK)
                    .readKeys())
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("OPENAI_API_KEY: ");
    LlmProviders.of(
            Environment.of(
                Map.of(
                    "PROVIDERS",
                    "openai",
                    "OPENAI_BASE_URL",
                    server.getRuntimeInfo().getHttpBaseUrl())),
            Duration.ofSeconds(1),
            LlmOnWireMock.CLOCK)
        .readKeys();
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
                    "AWS_ENDPOINT_URL_SECRETS_MANAGER", server.getRuntimeInfo().getHttpBaseUrl(),
                    "ANTHROPIC_BASE_URL", server.getRuntimeInfo().getHttpBaseUrl(),
                    "AWS_REGION", "us-east-1",
                    "AWS_ACCESS_KEY_ID", "test",
                    "AWS_SECRET_ACCESS_KEY", "test")),
            Duration.ofSeconds(1),
            LlmOnWireMock.CLOCK);
    assertThatThrownBy(
            () ->
                providers
                    .provider(Provider.ANTHROPIC)
                    .orElseThrow()
                    .client()
                    .generate(LlmOnWireMock.REQUEST))
        .isInstanceOf(LlmException.class);
    server.verify(
        postRequestedFor(urlEqualTo("/v1/messages"))
            .withHeader("x-api-key", equalTo("from-secret")));
  }
}
