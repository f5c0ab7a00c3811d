package dev.promptlab.worker.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.promptlab.aws.AwsClients;
import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import dev.promptlab.json.StrictJson;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The providers' API keys: a setting of that name ({@code ANTHROPIC_API_KEY}, {@code
 * OPENAI_API_KEY}), else a field of that name in the JSON secret {@code PROVIDER_KEYS_SECRET_ARN},
 * read once. Thread-safe.
 */
final class ProviderKeys {
  private static final String SECRET_SETTING = "PROVIDER_KEYS_SECRET_ARN";
  private static final Duration BUDGET = Duration.ofSeconds(10);

  private final Environment environment;
  private final Map<String, String> secret;

  ProviderKeys(Environment environment) {
    this.environment = environment;
    this.secret =
        environment.text(SECRET_SETTING).map(arn -> read(environment, arn)).orElse(Map.of());
  }

  Optional<String> key(String name) {
    return environment.text(name).or(() -> Optional.ofNullable(secret.get(name)));
  }

  private static Map<String, String> read(Environment environment, String arn) {
    try (SecretsManagerClient client =
        AwsClients.build(
            SecretsManagerClient.builder(),
            environment,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER",
            BUDGET)) {
      String json = client.getSecretValue(request -> request.secretId(arn)).secretString();
      return StrictJson.mapper().readValue(json, new TypeReference<>() {});
    } catch (JsonProcessingException _) {
      // Without the parser's words, which may hold a key.
      throw new InvalidSettingException(
          SECRET_SETTING, "must be a secret with a JSON object of texts");
    }
  }
}
