package dev.promptlab.queue;

import dev.promptlab.jobs.Acceptance;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.jobs.SweepSchedule;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts jobs and queues them: what is accepted is run, also where the queue does not take it now.
 * Thread-safe.
 */
public final class JobIntake {
  private static final Logger LOG = LoggerFactory.getLogger(JobIntake.class);

  private final JobStore jobs;
  private final SweepSchedule sweeps;
  private final JobQueue queue;

  public JobIntake(JobStore jobs, SweepSchedule sweeps, JobQueue queue) {
    this.jobs = jobs;
    this.sweeps = sweeps;
    this.queue = queue;
  }

  /**
   * Accepts a job.
   *
   * @throws dev.promptlab.rdsdata.DatabaseUnavailableException if that is not certain
   * @throws JobQueueUnavailableException if it is accepted, but nobody may come to run it soon
   */
  public Acceptance accept(NewJob job) {
    // Before it is accepted: this process may end right after.
    boolean swept = sweeps.expect();
    Acceptance acceptance = jobs.accept(job);
    if (acceptance instanceof Acceptance.Queued queued) {
      send(queued.jobId(), swept);
    }
    return acceptance;
  }

  private void send(UUID jobId, boolean swept) {
    try {
      queue.send(new JobMessage(jobId));
    } catch (JobQueueUnavailableException e) {
      if (!swept) {
        throw e;
      }
      LOG.warn(
          "Job {} is accepted but not queued; the sweeper will send it: {}", jobId, e.getMessage());
      LOG.debug("Job {}", jobId, e);
    }
  }
}
