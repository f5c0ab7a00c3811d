package dev.promptlab.worker.llm;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import dev.promptlab.config.Environment;
import dev.promptlab.generation.Provider;
import dev.promptlab.testing.SettableClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A provider's key is exchanged while the function runs. */
final class KeyExchangeIT {
  @RegisterExtension static final WireMockExtension server = LlmOnWireMock.server();

  private final SettableClock clock = new SettableClock();

  @BeforeEach
  void provider() {
    server.stubFor(post(urlEqualTo("/v1/messages")).willReturn(aResponse().withStatus(401)));
    good("old");
    secretIs("old");
  }

  private static void good(String key) {
    server.stubFor(
        post(urlEqualTo("/v1/messages"))
            .withHeader("x-api-key", equalTo(key))
            .willReturn(
                okJson(
                    """
                    {"id":"msg_1","type":"message","role":"assistant","model":"m",
                     "content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn",
                     "stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}
                    """)));
  }

  private static void revoked(String key) {
    server.stubFor(
        post(urlEqualTo("/v1/messages"))
            .withHeader("x-api-key", equalTo(key))
            .willReturn(aResponse().withStatus(401)));
  }

  private static void secretIs(String key) {
    server.stubFor(
        post(urlEqualTo("/"))
            .willReturn(
                okJson("{\"SecretString\":\"{\\\"ANTHROPIC_API_KEY\\\":\\\"" + key + "\\\"}\"}")));
  }

  private LlmClient client(Map<String, String> more) {
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "PROVIDERS", "anthropic",
                "PROVIDER_KEYS_SECRET_ARN",
                    "arn:aws:secretsmanager:us-east-1:000000000000:secret:keys",
                "AWS_ENDPOINT_URL_SECRETS_MANAGER", server.getRuntimeInfo().getHttpBaseUrl(),
                "ANTHROPIC_BASE_URL", server.getRuntimeInfo().getHttpBaseUrl(),
                "AWS_REGION", "us-east-1",
                "AWS_ACCESS_KEY_ID", "test",
                "AWS_SECRET_ACCESS_KEY", "test"));
    settings.putAll(more);
    return LlmProviders.of(Environment.of(settings), LlmOnWireMock.PATIENT, clock)
        .provider(Provider.ANTHROPIC)
        .orElseThrow()
        .client();
  }

  private static String text(LlmClient client) {
    return client.generate(LlmOnWireMock.REQUEST).generation().output();
  }

  private static LlmException failure(LlmClient client) {
    return catchThrowableOfType(LlmException.class, () -> client.generate(LlmOnWireMock.REQUEST));
  }

  private static void verifySecretReads(int times) {
    server.verify(times, postRequestedFor(urlEqualTo("/")));
  }

  @Test
  void aJobIsAnswered_whoseKeyWasExchanged() {
    LlmClient client = client(Map.of());
    assertThat(text(client)).isEqualTo("Hi");
    secretIs("new");
    good("new");
    revoked("old");
    clock.advance(Duration.ofMinutes(1));

    assertThat(text(client)).isEqualTo("Hi");
    assertThat(text(client)).isEqualTo("Hi");

    verifySecretReads(2);
    server.verify(
        2, postRequestedFor(urlEqualTo("/v1/messages")).withHeader("x-api-key", equalTo("new")));
  }

  @Test
  void theSecretIsReadOnce_whileNothingIsRefused() {
    LlmClient client = client(Map.of());
    assertThat(text(client)).isEqualTo("Hi");
    secretIs("new");
    clock.advance(Duration.ofDays(1));
    assertThat(text(client)).isEqualTo("Hi");
    verifySecretReads(1);
  }

  @Test
  void theSecretIsReadAgainEachHalfMinuteAtMost_whileAllIsRefused() {
    LlmClient client = client(Map.of());
    revoked("old");
    assertThat(failure(client).error()).isEqualTo(LlmErrors.AUTH);
    verifySecretReads(1);
    clock.advance(Duration.ofSeconds(31));
    assertThat(failure(client).error()).isEqualTo(LlmErrors.AUTH);
    assertThat(failure(client).error()).isEqualTo(LlmErrors.AUTH);
    verifySecretReads(2);
    server.verify(3, postRequestedFor(urlEqualTo("/v1/messages")));
  }

  @Test
  void theRefusalIsTold_ifTheSecretCannotBeReadAgain() {
    LlmClient client = client(Map.of());
    assertThat(text(client)).isEqualTo("Hi");
    revoked("old");
    server.stubFor(post(urlEqualTo("/")).willReturn(aResponse().withStatus(400)));
    clock.advance(Duration.ofMinutes(1));
    assertThat(failure(client).error()).isEqualTo(LlmErrors.AUTH);
  }

  @Test
  void aKeyThatIsASetting_isNeverExchanged() {
    LlmClient client = client(Map.of("ANTHROPIC_API_KEY", "set"));
    clock.advance(Duration.ofMinutes(1));
    assertThat(failure(client).error()).isEqualTo(LlmErrors.AUTH);
    server.verify(1, postRequestedFor(urlEqualTo("/v1/messages")));
  }
}
