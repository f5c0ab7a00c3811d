package dev.promptlab.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.worker.llm.LlmException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When a job comes back whose provider failed. */
final class JobRetriesTest {
  private final WorkerOnFakes worker = new WorkerOnFakes();

  private Duration delay(UUID jobId) {
    return ((Delivery.Retry) worker.processor.process(jobId)).delay();
  }

  @Test
  void comesBackWhenTheProviderSays_andTheSweeperWaitsForThat() {
    worker.model = WorkerOnFakes.refusing(Duration.ofSeconds(90));
    UUID jobId = worker.accepted();
    Duration delay = delay(jobId);
    assertThat(delay).isBetween(Duration.ofSeconds(91), Duration.ofSeconds(92));
    assertThat(worker.job(jobId).status()).isEqualTo(JobStatus.QUEUED);
    worker.clock.advance(delay.plusSeconds(59));
    assertThat(worker.jobs.sweep(10).due()).isEmpty();
    worker.clock.advance(Duration.ofSeconds(2));
    assertThat(worker.jobs.sweep(10).due()).containsExactly(jobId);
  }

  @Test
  void backsOffLongerEachTime_fromWhatTheProviderSays() {
    worker.model = WorkerOnFakes.refusing(Duration.ofSeconds(7));
    UUID jobId = worker.accepted();
    assertThat(delay(jobId)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(9));
    assertThat(delay(jobId)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(11));
  }

  @Test
  void backsOffAsUsual_whereTheProviderAsksForNoTime() {
    worker.model = WorkerOnFakes.refusing(Duration.ZERO);
    assertThat(delay(worker.accepted())).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  @Test
  void comesBackAtTheDeadlineAtTheLatest_andEndsThenWithoutACall() {
    worker.model = WorkerOnFakes.refusing(Duration.ofHours(1));
    UUID jobId = worker.accepted();
    worker.clock.advance(Duration.ofMinutes(4));
    Duration delay = delay(jobId);
    assertThat(delay).isEqualTo(WorkerOnFakes.DEADLINE.minusMinutes(4));
    worker.clock.advance(delay);
    assertThat(worker.processor.process(jobId)).isEqualTo(new Delivery.Done());
    assertThat(worker.job(jobId).error().orElseThrow().code()).isEqualTo("deadline-exceeded");
    assertThat(worker.calls).hasSize(1);
  }

  @Test
  void comesBackLater_whereOnlyTheFallbacksFailureMayPass() {
    worker.model =
        _ -> {
          throw new LlmException(
              new JobError("provider-quota-exhausted", "Refused.", false), 402, null);
        };
    worker.otherModel = WorkerOnFakes.refusing(Duration.ofSeconds(5));
    UUID jobId = worker.accepted("with-fallback", Provider.OPENAI, NewJob.Reuse.USUAL, "again");
    assertThat(delay(jobId)).isBetween(Duration.ofSeconds(6), Duration.ofSeconds(7));
    assertThat(worker.calls).hasSize(2);
    worker.otherModel = _ -> WorkerOnFakes.answer("from the other, in time");
    assertThat(worker.processor.process(jobId)).isEqualTo(new Delivery.Done());
    assertThat(worker.job(jobId).status()).isEqualTo(JobStatus.COMPLETED);
  }
}
