package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.config.Environment;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LlmChoiceTest {
  /** Port 9 of this machine: nothing answers there. */
  private static final OllamaProbe NO_OLLAMA = new OllamaProbe(URI.create("http://127.0.0.1:9"));

  @Test
  void findsNothing_whenNothingIsConfiguredAndNoOllamaAnswers() {
    assertThat(LlmChoice.find(Environment.of(Map.of("PATH", "/bin")), NO_OLLAMA)).isEmpty();
  }

  @Test
  void configuresExactlyTheUsersProviders_whenKeysOrBaseUrlsAreSet() {
    Map<String, String> user =
        Map.of(
            "ANTHROPIC_API_KEY", "secret",
            "OPENAI_BASE_URL", "http://127.0.0.1:8080",
            "OPENAI_MODEL", "qwen",
            "AWS_ACCESS_KEY_ID", "real");

    LlmChoice choice = LlmChoice.find(Environment.of(user), NO_OLLAMA).orElseThrow();

    assertThat(choice.environment())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "PROVIDERS", "anthropic,openai",
                "ANTHROPIC_API_KEY", "secret",
                "OPENAI_BASE_URL", "http://127.0.0.1:8080",
                "OPENAI_MODEL", "qwen"));
    assertThat(choice.description()).doesNotContain("secret").contains("http://127.0.0.1:8080");
  }

  @Test
  void passesTheUsersAwsCredentialsOn_onlyWhenBedrockIsConfigured() {
    Map<String, String> user =
        Map.of(
            "BEDROCK_MODEL", "nova",
            "AWS_REGION", "eu-west-1",
            "AWS_ACCESS_KEY_ID", "id",
            "AWS_SECRET_ACCESS_KEY", "secret");

    assertThat(LlmChoice.find(Environment.of(user), NO_OLLAMA).map(LlmChoice::environment))
        .hasValueSatisfying(
            environment ->
                assertThat(environment)
                    .containsAllEntriesOf(user)
                    .containsEntry("PROVIDERS", "bedrock"));
  }

  @Test
  void treatsAnEmptySettingAsNotSet() {
    assertThat(LlmChoice.find(Environment.of(Map.of("ANTHROPIC_API_KEY", "")), NO_OLLAMA))
        .isEmpty();
  }

  @Test
  void saysPlainlyThatItIsAStandIn() {
    LlmChoice choice = new LlmChoice.StandIn(URI.create("http://127.0.0.1:1"));

    assertThat(choice.description())
        .contains("STAND-IN for anthropic and openai")
        .contains("no real model");
    assertThat(choice.environment())
        .containsEntry("PROVIDERS", "anthropic,openai")
        .containsEntry("ANTHROPIC_MODEL", "promptlab-stand-in");
  }

  @Test
  void letsTheUserSetWhatTheFunctionsReadButNothingElse() {
    Environment user =
        Environment.of(Map.of("ANONYMOUS_ACCESS", "off", "CACHE_TTL_SECONDS", "5", "HOME", "/x"));

    Map<String, String> environment =
        FunctionsEnvironment.of(
            Map.of("REDIS_URL", "redis://127.0.0.1:1"),
            new LlmChoice.Ollama(URI.create("http://127.0.0.1:2"), "0.9.0", "m", false),
            user);

    assertThat(environment)
        .containsEntry("ANONYMOUS_ACCESS", "off")
        .containsEntry("CACHE_TTL_SECONDS", "5")
        .containsEntry("REDIS_URL", "redis://127.0.0.1:1")
        .containsEntry("PROVIDERS", "openai")
        .containsEntry("OPENAI_BASE_URL", "http://127.0.0.1:2/v1")
        .doesNotContainKey("HOME");
    assertThat(Optional.ofNullable(environment.get("ANTHROPIC_BASE_URL"))).isEmpty();
  }
}
