package dev.promptlab.worker.sweep;

import dev.promptlab.epoch.ChangeLog;
import dev.promptlab.epoch.Epoch;
import dev.promptlab.jobs.JobEnds;
import dev.promptlab.jobs.JobRuns;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.SweepReport;
import dev.promptlab.jobs.SweepSchedule;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.Metrics;
import dev.promptlab.outage.OutageException;
import dev.promptlab.queue.JobMessage;
import dev.promptlab.queue.JobQueue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sees to what others began and did not come to finish: sends jobs to the queue that should have
 * been claimed by now (the queue was down, or a worker died), ends those past their deadline, tells
 * all instances of changes that were committed but not told, and forgets content past its
 * retention. Safe beside itself: a job that is sent twice runs once, as the claim sees to it.
 * Thread-safe.
 */
public final class JobSweeper {
  private static final int STEP = 100;

  /** Old content is looked for at least so often. */
  private static final Duration DAY = Duration.ofDays(1);

  private static final Report NOTHING = new Report(0, 0, 0, 0);

  private final SweepSchedule schedule;
  private final JobRuns jobs;
  private final JobQueue queue;
  private final JobEnds ends;
  private final Epoch epoch;
  private final ChangeLog changes;
  private final int retentionDays;
  private final Metrics metrics;

  JobSweeper(
      SweepSchedule schedule,
      JobRuns jobs,
      JobQueue queue,
      JobEnds ends,
      Epoch epoch,
      ChangeLog changes,
      int retentionDays,
      Metrics metrics) {
    this.schedule = schedule;
    this.jobs = jobs;
    this.queue = queue;
    this.ends = ends;
    this.epoch = epoch;
    this.changes = changes;
    this.retentionDays = retentionDays;
    this.metrics = metrics;
  }

  /**
   * What one run has done.
   *
   * @param sent jobs, to the queue
   * @param expired jobs, ended past their deadline
   * @param told changes, to all instances
   * @param erased jobs, whose content was kept for long enough
   */
  public record Report(int sent, int expired, int told, int erased) {}

  /**
   * One bounded step of each, if there may be something to do; else the database, which may be
   * asleep, is not asked. What fails keeps none of the others from being done.
   *
   * @throws RuntimeException the first that was thrown, but an outage only if all were: the next
   *     run does what was left
   */
  Report sweep() {
    Optional<SweepSchedule.Reading> reading = schedule.read();
    if (reading.filter(known -> !known.due()).isPresent()) {
      return NOTHING;
    }
    Report report = sweepNow();
    if (report.sent() < STEP && report.expired() < STEP && report.erased() < STEP) {
      reading.ifPresent(known -> schedule.settle(known, next()));
    }
    return report;
  }

  private Duration next() {
    return jobs.nextSweep().filter(wait -> wait.compareTo(DAY) < 0).orElse(DAY);
  }

  private Report sweepNow() {
    Steps steps = new Steps();
    SweepReport swept = steps.run(() -> jobs.sweep(STEP), new SweepReport(List.of(), List.of()));
    swept.expired().forEach(this::expired);
    int sent = steps.run(() -> send(swept.due()), 0);
    // Before the changes are told: this may make one.
    int erased = steps.run(() -> jobs.eraseOld(retentionDays, STEP), 0);
    int told = steps.run(this::tellChanges, 0);
    steps.throwFirst();
    return new Report(sent, swept.expired().size(), told, erased);
  }

  private static final class Steps {
    private @Nullable RuntimeException first;

    <T> T run(Supplier<T> step, T otherwise) {
      try {
        return step.get();
      } catch (RuntimeException e) {
        if (first == null
            || (first instanceof OutageException && !(e instanceof OutageException))) {
          first = e;
        }
        return otherwise;
      }
    }

    void throwFirst() {
      if (first != null) {
        throw first;
      }
    }
  }

  private void expired(UUID jobId) {
    metrics.count(Counter.JOBS, JobStatus.FAILED.wireName());
    ends.announce(jobId);
  }

  private int send(List<UUID> due) {
    due.forEach(jobId -> queue.send(new JobMessage(jobId)));
    return due.size();
  }

  private int tellChanges() {
    // What is committed until here is told by the epoch that is set next.
    List<Long> pending = changes.pending();
    if (!pending.isEmpty()) {
      epoch.advance();
      changes.told(pending);
    }
    return pending.size();
  }
}
