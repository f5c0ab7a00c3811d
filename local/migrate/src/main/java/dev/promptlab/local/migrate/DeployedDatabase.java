package dev.promptlab.local.migrate;

import dev.promptlab.aws.AwsClients;
import dev.promptlab.config.Environment;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.services.rdsdata.RdsDataClient;
import software.amazon.awssdk.services.rdsdata.model.DatabaseErrorException;
import software.amazon.awssdk.services.rdsdata.model.DatabaseResumingException;
import software.amazon.awssdk.services.rdsdata.model.Field;
import software.amazon.awssdk.services.rdsdata.model.SqlParameter;
import software.amazon.awssdk.services.rdsdata.model.StatementTimeoutException;

/**
 * A deployment's database, by transactions of the RDS Data API. Waits for one that is asleep, and
 * for statements that take longer than a call may (45 s). No call is repeated otherwise: whether
 * one whose answer was lost has been done, the next run sees. Settings: as those of {@link
 * dev.promptlab.rdsdata.DataApi}.
 */
final class DeployedDatabase implements AutoCloseable {
  private static final Duration CALL = Duration.ofMinutes(1);

  private final RdsDataClient client;
  private final String resourceArn;
  private final String secretArn;
  private final String name;
  private final Patience patience;
  private final Consumer<String> progress;

  /**
   * Opens nothing yet.
   *
   * @param progress is given a line when it has to wait
   */
  DeployedDatabase(Environment environment, Patience patience, Consumer<String> progress) {
    this.resourceArn = environment.requiredText("DATABASE_RESOURCE_ARN");
    this.secretArn = environment.requiredText("DATABASE_SECRET_ARN");
    this.name = environment.requiredText("DATABASE_NAME");
    this.client =
        AwsClients.buildWithoutRetries(
            RdsDataClient.builder(), environment, "AWS_ENDPOINT_URL_RDS_DATA", CALL);
    this.patience = patience;
    this.progress = progress;
  }

  String name() {
    return name;
  }

  /** Does work in one transaction, which is rolled back if the work throws. */
  <T> T inTransaction(Function<Transaction, T> work) {
    String id =
        awake(
            () ->
                client
                    .beginTransaction(
                        request ->
                            request.resourceArn(resourceArn).secretArn(secretArn).database(name))
                    .transactionId());
    try {
      T result = work.apply(new Transaction(id));
      client.commitTransaction(
          request -> request.resourceArn(resourceArn).secretArn(secretArn).transactionId(id));
      return result;
    } catch (RuntimeException e) {
      rollBack(id, e);
      throw e;
    }
  }

  private void rollBack(String id, RuntimeException cause) {
    try {
      client.rollbackTransaction(
          request -> request.resourceArn(resourceArn).secretArn(secretArn).transactionId(id));
    } catch (RuntimeException e) {
      // The API rolls back what nobody uses for three minutes.
      cause.addSuppressed(e);
    }
  }

  private <T> T awake(Supplier<T> call) {
    Patience.Wait wait = patience.atMost(patience.waking());
    boolean told = false;
    while (true) {
      try {
        return call.get();
      } catch (DatabaseResumingException e) {
        if (!told) {
          progress.accept("The database is asleep; waiting until it has woken up ...");
          told = true;
        }
        if (!wait.goesOn()) {
          throw new MigrationException(
              "the database has not woken up within %d s: try again"
                  .formatted(patience.waking().toSeconds()),
              e);
        }
      }
    }
  }

  /** A transaction under way. */
  final class Transaction {
    private final String id;

    private Transaction(String id) {
      this.id = id;
    }

    /** Runs a statement to its end, however long that takes. */
    void run(String sql) {
      try {
        rows(sql);
      } catch (StatementTimeoutException _) {
        progress.accept("A statement takes longer than a call may; waiting for its end ...");
        awaitEnd();
      }
    }

    /** The rows that a statement answers. */
    List<List<Field>> rows(String sql, SqlParameter... parameters) {
      return client
          .executeStatement(
              request ->
                  request
                      .resourceArn(resourceArn)
                      .secretArn(secretArn)
                      .database(name)
                      .transactionId(id)
                      .sql(sql)
                      .parameters(parameters)
                      .continueAfterTimeout(true))
          .records();
    }

    boolean answersTrue(String question) {
      return rows(question).getFirst().getFirst().booleanValue();
    }

    // While it runs, the transaction takes no other statement; if it has failed, none any more.
    private void awaitEnd() {
      Patience.Wait wait = patience.atMost(patience.statement());
      while (wait.goesOn()) {
        try {
          rows("select 1");
          return;
        } catch (StatementTimeoutException _) {
          // Still no answer: it is asked again.
        } catch (DatabaseErrorException e) {
          if (!String.valueOf(e.getMessage()).contains("still running")) {
            throw e;
          }
        }
      }
      throw new MigrationException(
          "a statement has not ended within %d minutes"
              .formatted(patience.statement().toMinutes()));
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
