package dev.promptlab.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.worker.llm.LlmException;
import dev.promptlab.worker.llm.ProviderDown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A provider that may not be asked now: the job waits, and that is no attempt. */
final class BusyProviderTest {
  private final WorkerOnFakes worker = new WorkerOnFakes();

  private void assertWaits(UUID jobId) {
    assertThat(worker.processor.process(jobId))
        .isInstanceOfSatisfying(
            Delivery.Retry.class,
            retry ->
                assertThat(retry.delay()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(60)));
    Job job = worker.job(jobId);
    assertThat(job.status()).isEqualTo(JobStatus.QUEUED);
    assertThat(job.attempts()).isZero();
  }

  @Test
  void letsAJobWait_whileAsManyCallsAreMadeAsAreWanted() throws Exception {
    CountDownLatch asked = new CountDownLatch(WorkerOnFakes.AT_A_TIME);
    CountDownLatch answer = new CountDownLatch(1);
    worker.model =
        _ -> {
          asked.countDown();
          await(answer);
          return WorkerOnFakes.answer("at last");
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Delivery>> running = new ArrayList<>();
      for (int i = 0; i < WorkerOnFakes.AT_A_TIME; i++) {
        UUID jobId = worker.accepted();
        running.add(threads.submit(() -> worker.processor.process(jobId)));
      }
      asked.await();
      UUID waiting = worker.accepted();
      for (int i = 0; i < WorkerOnFakes.MAX_ATTEMPTS + 1; i++) {
        assertWaits(waiting);
      }
      answer.countDown();
      for (Future<Delivery> done : running) {
        assertThat(done.get()).isEqualTo(new Delivery.Done());
      }
      assertThat(worker.processor.process(waiting)).isEqualTo(new Delivery.Done());
      assertThat(worker.job(waiting).attempts()).isEqualTo(1);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void asksNoMore_onceAProviderIsDown_butItsFallback() {
    worker.model =
        _ -> {
          throw new LlmException(ProviderDown.ERROR, new IllegalStateException("down"));
        };
    for (int i = 0; i < 10; i++) {
      worker.processor.process(worker.accepted());
    }
    assertThat(worker.calls).hasSize(10);
    assertWaits(worker.accepted());
    assertThat(worker.calls).as("it is not asked").hasSize(10);

    UUID fallingBack =
        worker.accepted("with-fallback", Provider.OPENAI, NewJob.Reuse.USUAL, "falls back");
    assertThat(worker.processor.process(fallingBack)).isEqualTo(new Delivery.Done());
    Job job = worker.job(fallingBack);
    assertThat(job.generation().orElseThrow().output()).isEqualTo("from the other");
    assertThat(job.cacheableUntil()).as("not what was asked for").isEmpty();
  }

  @Test
  void goesOnAsking_whileOnlyRequestsAreRefused() {
    worker.model = WorkerOnFakes.failing(false);
    for (int i = 0; i < 30; i++) {
      worker.processor.process(worker.accepted());
    }
    assertThat(worker.calls).hasSize(30);
  }
}
