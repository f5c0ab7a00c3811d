package dev.promptlab.local.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.rdsdata.model.BatchExecuteStatementRequest;
import software.amazon.awssdk.services.rdsdata.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.rdsdata.model.DatabaseErrorException;
import software.amazon.awssdk.services.rdsdata.model.Field;
import software.amazon.awssdk.services.rdsdata.model.SqlParameter;
import software.amazon.awssdk.services.rdsdata.model.TransactionNotFoundException;

class RdsDataTransactionsIT {
  private final DataApi api = DataApi.shared();

  @BeforeEach
  void makeTable() {
    api.execute("DROP TABLE IF EXISTS x");
    api.execute("CREATE TABLE x (id int PRIMARY KEY)");
  }

  private long rows() {
    return api.value("SELECT count(*) FROM x").longValue();
  }

  @Test
  void keepsChanges_whenCommitted() {
    String transaction = api.begin();
    api.within(transaction, "INSERT INTO x VALUES (1)");

    assertThat(rows()).isZero();
    assertThat(api.commit(transaction)).isEqualTo("Transaction Committed");
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void dropsChanges_whenRolledBack() {
    String transaction = api.begin();
    api.within(transaction, "INSERT INTO x VALUES (1)");

    assertThat(api.rollback(transaction)).isEqualTo("Rollback Complete");
    assertThat(rows()).isZero();
  }

  @Test
  void refuses_anEndedTransaction() {
    String transaction = api.begin();
    api.commit(transaction);

    assertThatThrownBy(() -> api.within(transaction, "SELECT 1"))
        .isInstanceOf(TransactionNotFoundException.class)
        .hasMessageContaining("Transaction " + transaction + " is not found");
    assertThatThrownBy(() -> api.commit(transaction))
        .isInstanceOf(TransactionNotFoundException.class);
    assertThatThrownBy(() -> api.rollback(transaction))
        .isInstanceOf(TransactionNotFoundException.class);
  }

  @Test
  void refuses_anUnknownTransaction() {
    assertThatThrownBy(() -> api.within("unknown", "SELECT 1"))
        .isInstanceOf(TransactionNotFoundException.class);
  }

  @Test
  void rollsBack_whenItIsIdleTooLong() throws Exception {
    LocalRdsData.Limits limits =
        new LocalRdsData.Limits(Duration.ofMillis(300), Duration.ofSeconds(45));
    try (LocalRdsData server = LocalRdsData.start(DataApi.postgres().dataSource(), limits)) {
      DataApi quick = DataApi.at(server);
      String transaction = quick.begin();
      quick.within(transaction, "INSERT INTO x VALUES (1)");

      // Blocks on the row's lock until the idle transaction has been rolled back.
      api.execute("INSERT INTO x VALUES (1)");

      assertThat(rows()).isEqualTo(1);
      assertThatThrownBy(() -> quick.commit(transaction))
          .isInstanceOf(TransactionNotFoundException.class);
    }
  }

  @Test
  void refusesASecondCall_whileTheFirstStillRuns() {
    String transaction = api.begin();
    CompletableFuture<?> slow =
        CompletableFuture.runAsync(
            () -> api.within(transaction, "SELECT pg_sleep(1)::text, 'slow call'"));
    awaitRunning("slow call");

    assertThatThrownBy(() -> api.within(transaction, "SELECT 1"))
        .isInstanceOf(DatabaseErrorException.class)
        .hasMessageContaining("Transaction is still running a query");
    slow.join();
    api.rollback(transaction);
  }

  private void awaitRunning(String text) {
    String sql =
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%%%s%%'"
                .formatted(text)
            + " AND pid <> pg_backend_pid()";
    while (api.value(sql).longValue() == 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void isAborted_afterAnError_untilItIsRolledBackToASavepoint() {
    String transaction = api.begin();
    api.within(transaction, "SAVEPOINT before");
    assertThatThrownBy(() -> api.within(transaction, "SELECT 1 / 0"))
        .isInstanceOf(DatabaseErrorException.class)
        .hasMessageContaining("SQLState: 22012");
    assertThatThrownBy(() -> api.within(transaction, "SELECT 1"))
        .isInstanceOf(DatabaseErrorException.class)
        .hasMessageContaining("SQLState: 25P02");

    api.within(transaction, "ROLLBACK TO before");
    api.within(transaction, "INSERT INTO x VALUES (1)");
    api.commit(transaction);

    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void endsTheTransaction_whenACommitFails() {
    String transaction = api.begin();
    assertThatThrownBy(() -> api.within(transaction, "SELECT 1 / 0"))
        .isInstanceOf(DatabaseErrorException.class);

    assertThatThrownBy(() -> api.commit(transaction)).isInstanceOf(DatabaseErrorException.class);
    assertThatThrownBy(() -> api.commit(transaction))
        .isInstanceOf(TransactionNotFoundException.class);
  }

  @Test
  void runsABatch_withOneUpdateForEachSet() {
    BatchExecuteStatementResponse response =
        api.client()
            .batchExecuteStatement(
                batch("INSERT INTO x VALUES (:id)").parameterSets(List.of(id(1), id(2))).build());

    assertThat(response.updateResults())
        .hasSize(2)
        .allSatisfy(update -> assertThat(update.generatedFields()).isEmpty());
    assertThat(rows()).isEqualTo(2);
  }

  @Test
  void keepsNothingOfABatch_thatFailsInATransaction() {
    String transaction = api.begin();

    assertThatThrownBy(
            () ->
                api.client()
                    .batchExecuteStatement(
                        batch("INSERT INTO x VALUES (:id)")
                            .transactionId(transaction)
                            .parameterSets(List.of(id(1), id(1)))
                            .build()))
        .isInstanceOf(DatabaseErrorException.class)
        .hasMessageContaining("ERROR: duplicate key value violates unique constraint \"x_pkey\"")
        .hasMessageContaining("SQLState: 23505");
    api.rollback(transaction);
    assertThat(rows()).isZero();
  }

  @Test
  void runsABatchOnce_whenItHasNoSets() {
    api.client().batchExecuteStatement(batch("INSERT INTO x VALUES (7)").build());

    assertThat(rows()).isEqualTo(1);
  }

  private static BatchExecuteStatementRequest.Builder batch(String sql) {
    return BatchExecuteStatementRequest.builder()
        .resourceArn(LocalRdsData.RESOURCE_ARN)
        .secretArn(LocalRdsData.SECRET_ARN)
        .sql(sql);
  }

  private static List<SqlParameter> id(long id) {
    return List.of(DataApi.parameter("id", Field.fromLongValue(id)));
  }
}
