package dev.promptlab.worker.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.promptlab.epoch.ChangeLog;
import dev.promptlab.epoch.EpochUnavailableException;
import dev.promptlab.epoch.InMemoryChangeLog;
import dev.promptlab.epoch.InMemoryEpoch;
import dev.promptlab.jobs.InMemorySweepSchedule;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.JobWaits;
import dev.promptlab.queue.JobMessage;
import dev.promptlab.queue.JobQueueUnavailableException;
import dev.promptlab.worker.WorkerOnFakes;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class JobSweeperTest {
  private static final int RETENTION_DAYS = 30;
  private final WorkerOnFakes worker = new WorkerOnFakes();
  private final InMemoryEpoch epoch = new InMemoryEpoch(worker.clock);
  private final InMemoryChangeLog changes = new InMemoryChangeLog();
  private final InMemorySweepSchedule schedule = new InMemorySweepSchedule(worker.clock);
  private final JobSweeper sweeper =
      new JobSweeper(
          schedule,
          worker.jobs,
          worker.queue,
          worker.waits,
          epoch,
          changes,
          RETENTION_DAYS,
          worker.metrics);

  @Test
  void sendsWhatWasAcceptedButNeverQueued() {
    UUID jobId = worker.accepted();
    assertThat(sweeper.sweep().sent()).isZero();
    worker.clock.advance(Duration.ofMinutes(1));
    assertThat(sweeper.sweep().sent()).isEqualTo(1);
    assertThat(worker.queue.receive())
        .singleElement()
        .satisfies(it -> assertThat(JobMessage.ofBody(it.body()).jobId()).isEqualTo(jobId));
    assertThat(sweeper.sweep().sent()).isZero();
  }

  @Test
  void asksNobody_whileNothingIsDue() {
    sweeper.sweep();
    UUID unannounced = worker.accepted();
    worker.clock.advance(Duration.ofHours(1));
    assertThat(sweeper.sweep()).isEqualTo(new JobSweeper.Report(0, 0, 0, 0));
    assertThat(worker.job(unannounced).status()).isEqualTo(JobStatus.QUEUED);
    worker.clock.advance(Duration.ofDays(1));
    assertThat(sweeper.sweep().expired()).as("it asks at least once a day").isEqualTo(1);
  }

  @Test
  void asksAMinuteAfterSomethingWasExpected_andForAsLongAsAJobIsOpen() {
    sweeper.sweep();
    schedule.expect();
    UUID jobId = worker.accepted();
    worker.clock.advance(Duration.ofMinutes(1));
    assertThat(sweeper.sweep().sent()).isEqualTo(1);
    worker.jobs.claim(jobId, UUID.randomUUID(), Duration.ofMinutes(2), 5);
    worker.clock.advance(Duration.ofMinutes(5));
    assertThat(sweeper.sweep().sent()).as("its worker died").isEqualTo(1);
    worker.clock.advance(Duration.ofMinutes(5));
    assertThat(sweeper.sweep().expired()).isEqualTo(1);
    assertThat(schedule.read().orElseThrow().due()).isFalse();
  }

  @Test
  void asks_whileTheScheduleCannotBeRead() {
    sweeper.sweep();
    worker.accepted();
    worker.clock.advance(Duration.ofMinutes(1));
    schedule.setDown(true);
    assertThat(sweeper.sweep().sent()).isEqualTo(1);
  }

  @Test
  void asksAgainNextTime_whenItCouldNotDoEverything() {
    changes.add(1);
    epoch.setDown(true);
    assertThatThrownBy(sweeper::sweep).isInstanceOf(EpochUnavailableException.class);
    epoch.setDown(false);
    assertThat(sweeper.sweep().told()).isEqualTo(1);
  }

  @Test
  void sendsAJobAgain_whoseWorkerDied() {
    UUID jobId = worker.accepted();
    worker.jobs.claim(jobId, UUID.randomUUID(), Duration.ofMinutes(2), 5);
    worker.clock.advance(Duration.ofMinutes(2));
    assertThat(sweeper.sweep().sent()).isEqualTo(1);
  }

  @Test
  void endsAJobPastItsDeadline() {
    UUID jobId = worker.accepted();
    worker.clock.advance(Duration.ofMinutes(10));
    assertThat(sweeper.sweep().expired()).isEqualTo(1);
    assertThat(worker.job(jobId).status()).isEqualTo(JobStatus.FAILED);
    assertThat(worker.queue.receive()).isEmpty();
  }

  @Test
  void sendsLater_whatItCouldNotSendNow() {
    worker.accepted();
    worker.clock.advance(Duration.ofMinutes(1));
    worker.queue.setDown(true);
    assertThatThrownBy(sweeper::sweep).isInstanceOf(JobQueueUnavailableException.class);
    worker.queue.setDown(false);
    worker.clock.advance(Duration.ofMinutes(5));
    assertThat(sweeper.sweep().sent()).isEqualTo(1);
  }

  @Test
  void tellsAJobsEndToThoseWhoWait_whenItsDeadlinePassed() throws Exception {
    UUID jobId = worker.accepted();
    JobWaits.Wait wait =
        worker.waits.begin(jobId, "acme", "r1", Duration.ofSeconds(20)).orElseThrow();
    worker.clock.advance(Duration.ofMinutes(10));
    sweeper.sweep();
    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> wait.await(Duration.ofSeconds(20)));
    worker.metrics.flush();
    assertThat(worker.metrics.totals()).containsEntry("jobs_total{status=\"failed\"}", 1L);
  }

  @Test
  void tellsChangesThatWereCommittedButNotTold() {
    changes.add(7);
    String before = epoch.token();
    assertThat(sweeper.sweep().told()).isEqualTo(1);
    assertThat(epoch.token()).isNotEqualTo(before);
    assertThat(changes.toldSoFar()).containsExactly(7L);
    String after = epoch.token();
    assertThat(sweeper.sweep().told()).isZero();
    assertThat(epoch.token()).isEqualTo(after);
  }

  @Test
  void tellsAChangeLater_andDoesTheRestMeanwhile_whenTheEpochCannotBeSet() {
    changes.add(7);
    epoch.setDown(true);
    worker.accepted();
    worker.clock.advance(Duration.ofMinutes(1));
    assertThatThrownBy(sweeper::sweep).isInstanceOf(EpochUnavailableException.class);
    assertThat(worker.queue.receive()).hasSize(1);
    assertThat(changes.pending()).containsExactly(7L);
    epoch.setDown(false);
    assertThat(sweeper.sweep().told()).isEqualTo(1);
  }

  @Test
  void throwsABugRatherThanAnOutage_soThatNoOutageHidesIt() {
    ChangeLog broken =
        new ChangeLog() {
          @Override
          public List<Long> pending() {
            throw new IllegalStateException("a bug");
          }

          @Override
          public void told(Collection<Long> changeIds) {}
        };
    worker.accepted();
    worker.clock.advance(Duration.ofMinutes(1));
    worker.queue.setDown(true);
    assertThatThrownBy(
            () ->
                new JobSweeper(
                        schedule,
                        worker.jobs,
                        worker.queue,
                        worker.waits,
                        epoch,
                        broken,
                        RETENTION_DAYS,
                        worker.metrics)
                    .sweep())
        .hasMessage("a bug");
  }

  @Test
  void forgetsContentPastItsRetention() {
    UUID jobId = worker.accepted();
    worker.processor.process(jobId);
    worker.clock.advance(Duration.ofDays(RETENTION_DAYS));
    assertThat(sweeper.sweep().erased()).isZero();
    worker.clock.advance(Duration.ofDays(1));
    assertThat(sweeper.sweep().erased()).isEqualTo(1);
    assertThat(worker.job(jobId).erased()).isTrue();
  }
}
