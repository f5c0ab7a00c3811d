package dev.promptlab.jobs.rdsdata;

import dev.promptlab.accounts.Account;
import dev.promptlab.accounts.Tier;
import dev.promptlab.accounts.rdsdata.RdsDataAccountStore;
import dev.promptlab.jobs.JobRuns;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.JobStoreContract;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.rdsdata.Statement;
import dev.promptlab.testing.LocalDatabase;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class RdsDataJobStoreIT extends JobStoreContract {
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
  protected void pass(Duration duration, UUID jobId) {
    database
        .dataApi()
        .query(
            Statement.of(
                    "update job set completed_at = completed_at - make_interval(secs => :s::integer)"
                        + " where job_id = :id")
                .number("s", duration.toSeconds())
                .uuid("id", jobId));
  }

  @Override
  protected void setBudget(String payer, UsdAmount budget) {
    new RdsDataAccountStore(database.dataApi())
        .put(new Account(payer, Tier.PRO, Optional.of(budget)));
  }
}
