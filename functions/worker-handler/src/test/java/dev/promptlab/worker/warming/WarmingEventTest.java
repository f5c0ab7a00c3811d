package dev.promptlab.worker.warming;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.jobs.Job;
import java.io.File;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The event of {@code sam local invoke} gives what its name says. */
final class WarmingEventTest {
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
