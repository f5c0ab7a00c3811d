package dev.promptlab.local.migrate;

import dev.promptlab.accounts.rdsdata.RdsDataAccountStore;
import dev.promptlab.aws.AwsClients;
import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.rdsdata.DatabaseUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The program behind {@code scripts/migrate}: applies the SQL files of the folder that it is given,
 * then makes the first admin key. A run that fails is one line on standard error and exit code 1;
 * it may be repeated.
 */
public final class Migrate {
  private static final Duration CALL = Duration.ofSeconds(45);

  private final Environment environment;
  private final Patience patience;
  private final Consumer<String> progress;

  private Migrate(Environment environment, Patience patience, Consumer<String> progress) {
    this.environment = environment;
    this.patience = patience;
    this.progress = progress;
  }

  public static void main(String[] arguments) {
    Optional<String> failure =
        run(Path.of(arguments[0]), System.getenv(), Patience.USUAL, System.out::println);
    failure.ifPresent(line -> System.err.println("migrate: " + line));
    System.exit(failure.isPresent() ? 1 : 0);
  }

  /** Does all of it; the one line that says why it failed, if it did. */
  static Optional<String> run(
      Path folder, Map<String, String> variables, Patience patience, Consumer<String> progress) {
    try {
      List<Migration> files = Migration.allOf(folder);
      Migrate migrate = new Migrate(Settings.of(variables), patience, progress);
      migrate.schema(files);
      migrate.adminKey();
      return Optional.empty();
    } catch (MigrationException e) {
      return Optional.of(e.line());
    } catch (InvalidSettingException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (SdkException e) {
      return Optional.of("AWS: " + AwsReason.of(e));
    } catch (DatabaseUnavailableException e) {
      return Optional.of(
          "the admin key could not be added to the database: "
              + (e.getCause() instanceof SdkException cause ? AwsReason.of(cause) : e));
    }
  }

  private void schema(List<Migration> files) {
    try (DeployedDatabase database = new DeployedDatabase(environment, patience, progress)) {
      int applied = new SchemaMigration(database, patience, progress).apply(files);
      progress.accept(
          "The database %s has version %d of the schema (%s)."
              .formatted(
                  database.name(),
                  files.getLast().version(),
                  applied == 0 ? "as before" : "files applied now: " + applied));
    }
  }

  private void adminKey() {
    Optional<String> secretArn = environment.text(FirstAdminKey.SETTING);
    if (secretArn.isEmpty()) {
      progress.accept(
          "No admin key was looked at: %s is not set.".formatted(FirstAdminKey.SETTING));
      return;
    }
    try (DataApi database = new DataApi(environment, CALL);
        SecretsManagerClient secrets =
            AwsClients.build(
                SecretsManagerClient.builder(),
                environment,
                "AWS_ENDPOINT_URL_SECRETS_MANAGER",
                CALL)) {
      new FirstAdminKey(secrets, secretArn.get(), new RdsDataAccountStore(database), progress)
          .add();
    }
  }
}
