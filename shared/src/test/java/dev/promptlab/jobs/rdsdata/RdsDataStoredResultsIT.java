package dev.promptlab.jobs.rdsdata;

import dev.promptlab.cache.InvalidationStore;
import dev.promptlab.cache.rdsdata.RdsDataInvalidationStore;
import dev.promptlab.jobs.JobRuns;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.StoredResults;
import dev.promptlab.jobs.StoredResultsContract;
import dev.promptlab.templates.TemplateStore;
import dev.promptlab.templates.rdsdata.RdsDataTemplateStore;
import dev.promptlab.testing.LocalDatabase;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class RdsDataStoredResultsIT extends StoredResultsContract {
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
  protected StoredResults results() {
    return new RdsDataStoredResults(database.dataApi());
  }

  @Override
  protected TemplateStore templates() {
    return new RdsDataTemplateStore(database.dataApi());
  }

  @Override
  protected InvalidationStore invalidations() {
    return new RdsDataInvalidationStore(
        database.dataApi(), Duration.ofHours(1), Duration.ofMinutes(10));
  }

  @Override
  protected JobStore store() {
    return new RdsDataJobStore(database.dataApi(), Optional.empty());
  }

  @Override
  protected JobRuns runs() {
    return new RdsDataJobRuns(database.dataApi());
  }
}
