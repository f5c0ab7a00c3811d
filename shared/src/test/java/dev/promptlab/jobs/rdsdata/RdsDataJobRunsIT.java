package dev.promptlab.jobs.rdsdata;

import dev.promptlab.accounts.rdsdata.RdsDataAccountStore;
import dev.promptlab.jobs.JobRuns;
import dev.promptlab.jobs.JobRunsContract;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.rdsdata.Statement;
import dev.promptlab.testing.LocalDatabase;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class RdsDataJobRunsIT extends JobRunsContract {
  private static LocalDatabase database;

  @BeforeAll
  static void start() {
    database = new LocalDatabase();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Override
  protected JobStore store() {
    return new RdsDataJobStore(database.dataApi(), Optional.empty());
  }

  @Override
  protected JobRuns runs() {
    return new RdsDataJobRuns(database.dataApi());
  }

  @Override
  protected void makeDue(UUID jobId) {
    set("sweep_at = clock_timestamp()", jobId);
  }

  @Override
  protected void endedDaysAgo(UUID jobId, int days) {
    set("completed_at = clock_timestamp() - make_interval(days => %d)".formatted(days), jobId);
  }

  private static void set(String change, UUID jobId) {
    database
        .dataApi()
        .query(Statement.of("update job set " + change + " where job_id = :id").uuid("id", jobId));
  }

  @Override
  protected UsdAmount spentToday(String payer) {
    return new RdsDataAccountStore(database.dataApi()).spendToday(payer).spent();
  }
}
