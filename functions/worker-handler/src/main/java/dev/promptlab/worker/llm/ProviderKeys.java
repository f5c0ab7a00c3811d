package dev.promptlab.worker.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.promptlab.aws.AwsClients;
import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import dev.promptlab.json.StrictJson;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The providers' API keys: a setting of that name ({@code ANTHROPIC_API_KEY}, {@code
 * OPENAI_API_KEY}), else a field of that name in the JSON secret {@code PROVIDER_KEYS_SECRET_ARN},
 * which is read when the first key is wanted, and again when a provider refuses one. Thread-safe.
 */
final class ProviderKeys {
  private static final String SECRET_SETTING = "PROVIDER_KEYS_SECRET_ARN";

  /** Lambda gives a restore 10 s. */
  private static final Duration BUDGET = Duration.ofSeconds(8);

  /** A provider that refuses everything must not have the secret read at each call. */
  private static final Duration PAUSE = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(ProviderKeys.class);

  private final Environment environment;
  private final Clock clock;
  private @Nullable Map<String, String> secret;
  private Instant readAt = Instant.EPOCH;

  ProviderKeys(Environment environment, Clock clock) {
    this.environment = environment;
    this.clock = clock;
  }

  /**
   * The key of this name.
   *
   * @throws InvalidSettingException if the secret is unusable
   * @throws SdkException if it cannot be read
   */
  synchronized Optional<String> key(String name) {
    Optional<String> setting = environment.text(name);
    if (setting.isPresent()) {
      return setting;
    }
    Map<String, String> known = secret;
    if (known == null) {
      known = read();
    }
    return Optional.ofNullable(known.get(name));
  }

  /** The key of this name, if there is another one by now than one that was refused. */
  synchronized Optional<String> other(String name, String refused) {
    Optional<String> known = key(name).filter(key -> !key.equals(refused));
    if (known.isPresent() || clock.instant().isBefore(readAt.plus(PAUSE))) {
      return known;
    }
    try {
      var _ = read();
    } catch (SdkException | InvalidSettingException e) {
      LOG.warn("A key was refused, and the secret could not be read again: {}", e.getMessage());
      return Optional.empty();
    }
    return key(name).filter(key -> !key.equals(refused));
  }

  private Map<String, String> read() {
    readAt = clock.instant();
    Map<String, String> found =
        environment.text(SECRET_SETTING).map(arn -> read(environment, arn)).orElse(Map.of());
    secret = found;
    return found;
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
