package dev.promptlab.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.queue.JobMessage;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class JobBatchTest {
  private final WorkerOnFakes worker = new WorkerOnFakes();

  private static SQSMessage message(String id, String body) {
    SQSMessage message = new SQSMessage();
    message.setMessageId(id);
    message.setReceiptHandle("receipt-" + id);
    message.setBody(body);
    return message;
  }

  private static SQSMessage message(String id, UUID jobId) {
    return message(id, new JobMessage(jobId).toBody());
  }

  @Test
  void movesABadRecordAside_andRunsTheOthers() {
    UUID first = worker.accepted();
    UUID second = worker.accepted();
    assertThat(
            worker.process(
                List.of(message("1", first), message("2", "not json"), message("3", second))))
        .isEmpty();
    assertThat(worker.job(first).status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(worker.job(second).status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(worker.queue.deadLetters())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.body()).isEqualTo("not json");
              assertThat(it.reason().orElseThrow()).startsWith("malformed: is not valid JSON");
            });
  }

  @Test
  void returnsExactlyWhatMustComeBack() {
    UUID good = worker.accepted();
    worker.processor.process(good);
    worker.model = WorkerOnFakes.failing(true);
    UUID failing = worker.accepted();
    assertThat(worker.process(List.of(message("done", good), message("retry", failing))))
        .containsExactly("retry");
  }

  @Test
  void returnsABadRecord_whileTheDeadLetterQueueIsDown() {
    worker.queue.setDown(true);
    UUID good = worker.accepted();
    assertThat(worker.process(List.of(message("bad", "not json"), message("good", good))))
        .containsExactly("bad");
    assertThat(worker.job(good).status()).isEqualTo(JobStatus.COMPLETED);
  }

  @Test
  void returnsARecord_whenTheQueueCannotDelayIt() {
    worker.queue.setDown(true);
    worker.model = WorkerOnFakes.failing(true);
    assertThat(worker.process(List.of(message("retry", worker.accepted()))))
        .containsExactly("retry");
  }

  @Test
  void runsAllRecordsAtTheSameTime() {
    CountDownLatch allCalled = new CountDownLatch(10);
    worker.model =
        _ -> {
          allCalled.countDown();
          try {
            allCalled.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return WorkerOnFakes.answer("x");
        };
    List<SQSMessage> messages =
        IntStream.range(0, 10)
            .mapToObj(i -> message(Integer.toString(i), worker.accepted()))
            .toList();
    assertThat(worker.process(messages)).isEmpty();
    assertThat(worker.calls).hasSize(10);
  }

  @Test
  void callsOnce_whenABatchHasTheSameJobTwice() {
    UUID jobId = worker.accepted();
    worker.process(Stream.of("1", "2", "3").map(id -> message(id, jobId)).toList());
    assertThat(worker.calls).hasSize(1);
    assertThat(worker.job(jobId).attempts()).isEqualTo(1);
  }

  private static void awaitForEver(CountDownLatch asked) {
    asked.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void returnsWhatIsNotDoneInTime_andThatAlone() {
    CountDownLatch asked = new CountDownLatch(1);
    worker.model =
        request -> {
          if (request.prompt().prompt().contains("slow")) {
            awaitForEver(asked);
          }
          return WorkerOnFakes.answer("quick");
        };
    UUID slow = worker.accepted("t1", Provider.OPENAI, NewJob.Reuse.USUAL, "slow");
    UUID quick = worker.accepted();
    JobBatch batch =
        new JobBatch(
            worker.processor.inTime(),
            worker.queue,
            new JobBatch.Limits(10, Duration.ofSeconds(5), Duration.ZERO));
    assertThat(
            batch.process(
                List.of(message("slow", slow), message("quick", quick), message("bad", "{}")),
                InvocationTime.of(Duration.ofSeconds(7))))
        .containsExactly("slow");
    assertThat(asked.getCount()).isZero();
    assertThat(worker.job(quick).status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(worker.queue.deadLetters()).hasSize(1);
    assertThat(worker.queue.delays())
        .containsKey("receipt-slow")
        .doesNotContainKey("receipt-quick");
    assertThat(worker.job(slow).status().ended()).isFalse();
  }

  @Test
  void runsNoMoreAtOnceThanItMay() {
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CyclicBarrier pairs = new CyclicBarrier(2);
    worker.model =
        _ -> {
          most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
          try {
            pairs.await();
          } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
          }
          atOnce.decrementAndGet();
          return WorkerOnFakes.answer("x");
        };
    List<SQSMessage> messages =
        IntStream.range(0, 8)
            .mapToObj(i -> message(Integer.toString(i), worker.accepted()))
            .toList();
    JobBatch batch =
        new JobBatch(
            worker.processor.inTime(),
            worker.queue,
            new JobBatch.Limits(2, Duration.ofSeconds(5), Duration.ofSeconds(10)));
    assertThat(batch.process(messages, InvocationTime.of(Duration.ofSeconds(90)))).isEmpty();
    assertThat(most).hasValue(2);
  }

  @Test
  void beginsNothing_whereTooLittleTimeIsLeft() {
    UUID jobId = worker.accepted();
    assertThat(
            new JobBatch(worker.processor.inTime(), worker.queue)
                .process(
                    List.of(message("late", jobId), message("bad", "not json")),
                    InvocationTime.of(Duration.ofSeconds(14))))
        .containsExactly("late");
    assertThat(worker.job(jobId).attempts()).isZero();
    assertThat(worker.queue.delays()).containsEntry("receipt-late", Duration.ZERO);
    assertThat(worker.queue.deadLetters()).hasSize(1);
  }

  @Test
  void keepsALateAnswerFromBeingWritten_whoseRecordWasGivenUp() {
    UUID jobId = worker.accepted();
    CountDownLatch late = new CountDownLatch(1);
    worker.model =
        _ -> {
          awaitWhateverHappens(late);
          return WorkerOnFakes.answer("late");
        };
    JobBatch batch =
        new JobBatch(
            worker.processor.inTime(),
            worker.queue,
            new JobBatch.Limits(10, Duration.ofMillis(100), Duration.ZERO));
    assertThat(
            batch.process(
                List.of(message("slow", jobId)), InvocationTime.of(Duration.ofMillis(1_100))))
        .containsExactly("slow");
    worker.clock.advance(JobProcessor.LEASE);
    worker.model = _ -> WorkerOnFakes.answer("right");
    assertThat(worker.process(List.of(message("slow", jobId)))).isEmpty();
    late.countDown();
    // Its cost is counted, which shows that it has come.
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!worker.jobs.spent("anonymous").equals(WorkerOnFakes.COST.times(2))) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
    assertThat(worker.job(jobId).generation().orElseThrow().output()).isEqualTo("right");
    assertThat(worker.job(jobId).attempts()).isEqualTo(2);
  }

  private static void awaitWhateverHappens(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // Such is the client that this one stands for.
      }
    }
  }
}
