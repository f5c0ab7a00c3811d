package dev.promptlab.generate;

import static dev.promptlab.generate.ApiOnFakes.SEED;
import static dev.promptlab.generate.ApiOnFakes.jobId;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.config.Environment;
import dev.promptlab.json.StrictJson;
import dev.promptlab.observability.EmbeddedMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What CloudWatch hears of answers. */
final class WatchedAnswersTest {
  private final ApiOnFakes api = new ApiOnFakes();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  private GenerateHandler handler(Router router) {
    return new GenerateHandler(
        router,
        new EmbeddedMetrics(
            Environment.of(Map.of("METRICS_STACK", "promptlab")),
            Clock.systemUTC(),
            new PrintStream(log, true, StandardCharsets.UTF_8)),
        () -> {});
  }

  private String written() {
    return log.toString(StandardCharsets.UTF_8);
  }

  @Test
  void isHowLongHitsTook_andNotWhatElseWasAnswered() throws IOException {
    GenerateHandler handler = handler(api.router());
    APIGatewayV2HTTPResponse miss = api.generate(SEED).send(handler);
    assertThat(miss.getHeaders()).containsEntry("X-Cache", "MISS");
    assertThat(written()).isEmpty();
    api.complete(jobId(miss));

    assertThat(api.generate(SEED).send(handler).getHeaders()).containsEntry("X-Cache", "HIT");

    assertThat(written()).hasLineCount(1);
    assertThat(StrictJson.mapper().readTree(written()).at("/hit_ms/0").asDouble()).isPositive();
  }

  @Test
  void isThatOneWasAFault() throws IOException {
    Router faulty =
        new Router(
            List.of(
                new Router.Route(
                    "POST",
                    "/generate",
                    (_, _) -> {
                      throw new IllegalStateException("a fault of this test");
                    })));

    assertThat(api.generate(SEED).send(handler(faulty)).getStatusCode()).isEqualTo(500);

    assertThat(StrictJson.mapper().readTree(written()).path("internal_errors").asInt())
        .isEqualTo(1);
  }
}
