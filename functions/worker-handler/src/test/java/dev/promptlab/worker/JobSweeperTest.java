package dev.promptlab.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.jobs.JobStatus;
import dev.promptlab.queue.JobMessage;
import dev.promptlab.queue.JobQueueUnavailableException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class JobSweeperTest {
  private final WorkerOnFakes worker = new WorkerOnFakes();
  private final JobSweeper sweeper = new JobSweeper(worker.jobs, worker.queue);

  @Test
  void sendsWhatWasAcceptedButNeverQueued() {
    UUID jobId = worker.accepted();
    assertThat(sweeper.sweep().due()).isEmpty();
    worker.clock.advance(Duration.ofMinutes(1));
    assertThat(sweeper.sweep().due()).containsExactly(jobId);
    assertThat(worker.queue.receive())
        .singleElement()
        .satisfies(it -> assertThat(JobMessage.ofBody(it.body()).jobId()).isEqualTo(jobId));
    assertThat(sweeper.sweep().due()).isEmpty();
  }

  @Test
  void sendsAJobAgain_whoseWorkerDied() {
    UUID jobId = worker.accepted();
    worker.jobs.claim(jobId, UUID.randomUUID(), Duration.ofMinutes(2), 5);
    worker.clock.advance(Duration.ofMinutes(2));
    assertThat(sweeper.sweep().due()).containsExactly(jobId);
  }

  @Test
  void endsAJobPastItsDeadline() {
    UUID jobId = worker.accepted();
    worker.clock.advance(Duration.ofMinutes(10));
    assertThat(sweeper.sweep().expired()).containsExactly(jobId);
    assertThat(worker.job(jobId).status()).isEqualTo(JobStatus.FAILED);
    assertThat(worker.queue.receive()).isEmpty();
  }

  @Test
  void sendsLater_whatItCouldNotSendNow() {
    UUID jobId = worker.accepted();
    worker.clock.advance(Duration.ofMinutes(1));
    worker.queue.setDown(true);
    assertThatThrownBy(sweeper::sweep).isInstanceOf(JobQueueUnavailableException.class);
    worker.queue.setDown(false);
    worker.clock.advance(Duration.ofMinutes(5));
    assertThat(sweeper.sweep().due()).containsExactly(jobId);
  }
}
