package dev.promptlab.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.tests.EventLoader;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.jobs.Job;
import java.io.File;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
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

  @Test
  void warmsThisDeploymentsOwnCache() throws IOException {
    WarmingOnFakes warming = new WarmingOnFakes();
    Job job = warming.lost("lost");
    Map<String, Object> event =
        new ObjectMapper()
            .readValue(new File("../../events/cache-warming.json"), new TypeReference<>() {});
    assertThat(WarmingRequest.of(event, Set.of(WarmingSettings.DEFAULT_TARGET, "eu")).redis())
        .isEqualTo(WarmingSettings.DEFAULT_TARGET);
    assertThat(CacheWarmingHandler.answer(warming.warm(0)))
        .containsExactly(
            Map.entry("considered", 1),
            Map.entry("warmed", 1),
            Map.entry("regenerated", 0),
            Map.entry("skipped", 0),
            Map.entry("failed", 0),
            Map.entry("complete", true));
    assertThat(warming.worker.cache.exists(job.inputHash())).isTrue();
  }
}
