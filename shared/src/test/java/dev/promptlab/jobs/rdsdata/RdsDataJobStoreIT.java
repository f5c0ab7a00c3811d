package dev.promptlab.jobs.rdsdata;

import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.JobStoreContract;
import dev.promptlab.rdsdata.Statement;
import dev.promptlab.testing.LocalDatabase;
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
    return new RdsDataJobStore(database.dataApi());
  }

  @Override
  protected void makeDue(UUID jobId) {
    database
        .dataApi()
        .query(
            Statement.of("update job set sweep_at = clock_timestamp() where job_id = :id")
                .uuid("id", jobId));
  }
}
