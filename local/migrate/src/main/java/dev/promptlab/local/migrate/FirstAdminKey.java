package dev.promptlab.local.migrate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.promptlab.accounts.AccountStore;
import dev.promptlab.accounts.ApiKey;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.accounts.Role;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.arns.Arn;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/**
 * The first admin key of a deployment, whose text is in a secret of Secrets Manager and nowhere
 * else: the one that is there, else a new one. It is in the secret before the database knows it, so
 * none is ever lost; afterwards it is an ordinary key, which a repeat does not bring back once it
 * is revoked.
 */
final class FirstAdminKey {
  static final String SETTING = "ADMIN_KEY_SECRET_ARN";

  private final SecretsManagerClient secrets;
  private final String secretArn;
  private final AccountStore accounts;
  private final Consumer<String> progress;

  FirstAdminKey(
      SecretsManagerClient secrets,
      String secretArn,
      AccountStore accounts,
      Consumer<String> progress) {
    this.secrets = secrets;
    this.secretArn = secretArn;
    this.accounts = accounts;
    this.progress = progress;
  }

  /**
   * Sees to it that the database knows the key.
   *
   * @throws MigrationException if there is no such secret, or what is in it is no key for this
   */
  void add() {
    KeySecret secret = stored().orElseGet(this::generated);
    accounts.addAdminKey(UUID.randomUUID(), secret.hash());
    Optional<ApiKey> key = accounts.find(secret.hash());
    if (key.isEmpty()) {
      progress.accept(
          "The admin key in %s is revoked, and stays so: make others with another admin key, or put a new text into that secret and run this again."
              .formatted(secretArn));
    } else if (key.get().role() != Role.ADMIN) {
      throw refused("it is a key of account %s, and not an admin's".formatted(key.get().account()));
    } else {
      progress.accept("The admin key is in force. To read it:");
      progress.accept("  " + howToRead());
    }
  }

  private Optional<KeySecret> stored() {
    String text;
    try {
      text = secrets.getSecretValue(request -> request.secretId(secretArn)).secretString();
    } catch (ResourceNotFoundException _) {
      // No such secret, or one without a value: putting one in tells which.
      return Optional.empty();
    }
    return Optional.of(parsed(text));
  }

  private static KeySecret parsed(@Nullable String text) {
    if (text == null) {
      throw refused("it must be a text, not binary");
    }
    if (text.strip().startsWith("{")) {
      throw refused("it must be the key as plain text, not as a JSON object");
    }
    return KeySecret.parse(text.strip())
        .orElseThrow(() -> refused("it must have 32 to 256 visible ASCII characters"));
  }

  private KeySecret generated() {
    KeySecret fresh = KeySecret.generate();
    try {
      secrets.putSecretValue(
          request ->
              request
                  .secretId(secretArn)
                  .secretString(fresh.reveal())
                  // The same for all runs: of two at the same time, one is refused.
                  .clientRequestToken(
                      UUID.nameUUIDFromBytes(("first admin key " + secretArn).getBytes(UTF_8))
                          .toString()));
      return fresh;
    } catch (ResourceExistsException e) {
      return stored()
          .orElseThrow(
              () ->
                  new MigrationException(
                      SETTING
                          + ": the secret had a key, but has none now: put one of 32 to 256 visible ASCII characters into it",
                      e));
    } catch (ResourceNotFoundException e) {
      throw new MigrationException("%s: there is no secret %s".formatted(SETTING, secretArn), e);
    }
  }

  private String howToRead() {
    String region = Arn.fromString(secretArn).region().orElse("");
    return "aws secretsmanager get-secret-value --region %s --secret-id %s --query SecretString --output text"
        .formatted(region, secretArn);
  }

  private static MigrationException refused(String why) {
    return new MigrationException(
        "%s: what is in that secret cannot be the admin key: %s".formatted(SETTING, why));
  }
}
