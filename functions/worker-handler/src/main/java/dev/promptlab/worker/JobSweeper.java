package dev.promptlab.worker;

import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.SweepReport;
import dev.promptlab.queue.JobMessage;
import dev.promptlab.queue.JobQueue;

/**
 * Sends jobs to the queue that were accepted but should have been claimed by now (the queue was
 * down, or a worker died), and ends those past their deadline. A job that is sent twice runs once:
 * the claim sees to it. Thread-safe.
 */
final class JobSweeper {
  private static final int STEP = 100;

  private final JobStore jobs;
  private final JobQueue queue;

  JobSweeper(JobStore jobs, JobQueue queue) {
    this.jobs = jobs;
    this.queue = queue;
  }

  /**
   * One bounded step.
   *
   * @throws dev.promptlab.queue.JobQueueUnavailableException if a job could not be sent; it is due
   *     again in minutes
   */
  SweepReport sweep() {
    SweepReport report = jobs.sweep(STEP);
    report.due().forEach(jobId -> queue.send(new JobMessage(jobId)));
    return report;
  }
}
