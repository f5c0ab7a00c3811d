package dev.promptlab.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.tests.EventLoader;
import org.junit.jupiter.api.Test;

/**
 * The events of {@code sam local invoke}, as the runtime would read them, give what their names
 * say.
 */
final class EventsTest {
  private final ApiOnFakes api = new ApiOnFakes();

  private APIGatewayV2HTTPResponse handle(String event) {
    return api.handle(EventLoader.loadApiGatewayHttpEvent("../../events/" + event + ".json"));
  }

  @Test
  void queuesAJob_thenJoinsIt_onTheDuplicate() {
    APIGatewayV2HTTPResponse first = handle("generate");
    assertThat(first.getStatusCode()).isEqualTo(202);
    APIGatewayV2HTTPResponse duplicate = handle("generate-duplicate");
    assertThat(ApiOnFakes.json(duplicate).get("coalesced").asBoolean()).isTrue();
    assertThat(ApiOnFakes.json(duplicate).get("jobId"))
        .isEqualTo(ApiOnFakes.json(first).get("jobId"));
    // Two requests, not one request twice.
    assertThat(duplicate.getHeaders()).containsEntry("X-RateLimit-Remaining", "98");
  }

  @Test
  void refusesTheInvalidBody() {
    ApiOnFakes.problem(handle("generate-invalid-body"), 400, "invalid-request");
  }

  @Test
  void findsNoJob_untilTheEventNamesOne() {
    ApiOnFakes.problem(handle("get-job"), 404, "job-not-found");
  }
}
