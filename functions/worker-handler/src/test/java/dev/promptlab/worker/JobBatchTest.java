package dev.promptlab.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.queue.JobMessage;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class JobBatchTest {
  private final WorkerOnFakes worker = new WorkerOnFakes();
  private final JobBatch batch = new JobBatch(worker.processor, worker.queue);

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
            batch.process(
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
    assertThat(batch.process(List.of(message("done", good), message("retry", failing))))
        .containsExactly("retry");
  }

  @Test
  void returnsABadRecord_whileTheDeadLetterQueueIsDown() {
    worker.queue.setDown(true);
    UUID good = worker.accepted();
    assertThat(batch.process(List.of(message("bad", "not json"), message("good", good))))
        .containsExactly("bad");
    assertThat(worker.job(good).status()).isEqualTo(JobStatus.COMPLETED);
  }

  @Test
  void returnsARecord_whenTheQueueCannotDelayIt() {
    worker.queue.setDown(true);
    worker.model = WorkerOnFakes.failing(true);
    assertThat(batch.process(List.of(message("retry", worker.accepted()))))
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
    assertThat(batch.process(messages)).isEmpty();
    assertThat(worker.calls).hasSize(10);
  }

  @Test
  void callsOnce_whenABatchHasTheSameJobTwice() {
    UUID jobId = worker.accepted();
    batch.process(Stream.of("1", "2", "3").map(id -> message(id, jobId)).toList());
    assertThat(worker.calls).hasSize(1);
    assertThat(worker.job(jobId).attempts()).isEqualTo(1);
  }
}
