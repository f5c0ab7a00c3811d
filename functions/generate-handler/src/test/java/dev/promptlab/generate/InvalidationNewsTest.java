package dev.promptlab.generate;

import static dev.promptlab.generate.ApiOnFakes.SEED;
import static dev.promptlab.generate.ApiOnFakes.jobId;
import static dev.promptlab.generate.ApiOnFakes.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.cache.InvalidationChannel.Message;
import dev.promptlab.cache.KeyPattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvalidationNewsTest {
  private final ApiOnFakes api = new ApiOnFakes();
  private final String admin = api.admin();

  private void invalidate(String target) {
    json(
        api.call("POST", "/cache/invalidate")
            .key(admin)
            .json("{" + target + ",\"reason\":\"wrong\"}")
            .send(),
        200);
  }

  @Test
  void isReadByEveryInstance_beforeTheNextRequest() {
    GenerateHandler other = api.anotherInstance();
    api.complete(jobId(api.post(SEED)));
    api.generate(SEED).send(other);
    int before = api.invalidations.reads();
    invalidate("\"templateId\":\"own\"");
    int after = api.invalidations.reads();
    assertThat(after - before).as("one by each instance").isEqualTo(2);
    assertThat(api.generate(SEED).send(other).getHeaders()).containsEntry("X-Cache", "HIT");
    assertThat(api.post(SEED).getHeaders()).containsEntry("X-Cache", "HIT");
    assertThat(api.invalidations.reads()).isEqualTo(after);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"templateId\":\"own\"', gen:job:hash:*",
    "'\"pattern\":\"gen:job:hash:b*\"', gen:job:hash:b*",
    "'\"inputHash\":\"bdd8d5a65a84f959ec7a2e0a793f61170a334ce4f0ac7d800c13ad3c148cde73\"',"
        + "gen:job:hash:bdd8d5a65a84f959ec7a2e0a793f61170a334ce4f0ac7d800c13ad3c148cde73"
  })
  void namesTheKeysAndTheReason(String target, String pattern) {
    invalidate(target);
    assertThat(api.invalidationChannel.published())
        .containsExactly(new Message(new KeyPattern(pattern), "wrong"));
  }
}
