package dev.promptlab.worker;

import dev.promptlab.config.Environment;
import dev.promptlab.jobs.rdsdata.RdsDataJobStore;
import dev.promptlab.queue.sqs.SqsJobQueue;
import dev.promptlab.rdsdata.DataApi;
import java.time.Duration;

/** The wiring of the sweep, which needs neither Redis nor a provider's key. */
final class SweepModule implements AutoCloseable {
  private static final Duration BUDGET = Duration.ofSeconds(20);

  private final DataApi database;
  private final SqsJobQueue queue;
  private final JobSweeper sweeper;

  SweepModule(Environment environment) {
    database = new DataApi(environment, BUDGET);
    queue = new SqsJobQueue(environment, BUDGET);
    sweeper = new JobSweeper(new RdsDataJobStore(database), queue);
  }

  JobSweeper sweeper() {
    return sweeper;
  }

  @Override
  public void close() {
    database.close();
    queue.close();
  }
}
