package dev.promptlab.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.tests.EventLoader;
import org.junit.jupiter.api.Test;

/**
 * The events of {@code sam local invoke}, as the runtime would read them, give what their names
 * say.
 */
final class EventsTest {

  @Test
  void hasNothingToBringBack_ofABatchOfGoodRecords() {
    WorkerOnFakes worker = new WorkerOnFakes();
    SQSEvent event = EventLoader.loadSQSEvent("../../events/jobs-batch.json");
    assertThat(event.getRecords()).hasSize(2);
    assertThat(worker.process(event.getRecords())).isEmpty();
    assertThat(worker.queue.deadLetters()).isEmpty();
  }

  @Test
  void movesTheBadRecordOfTheBatchAside() {
    WorkerOnFakes worker = new WorkerOnFakes();
    SQSEvent event = EventLoader.loadSQSEvent("../../events/jobs-batch-one-bad.json");
    assertThat(event.getRecords()).hasSize(3);
    assertThat(worker.process(event.getRecords())).isEmpty();
    assertThat(worker.queue.deadLetters())
        .singleElement()
        .satisfies(it -> assertThat(it.body()).contains("not-a-uuid"));
  }
}
