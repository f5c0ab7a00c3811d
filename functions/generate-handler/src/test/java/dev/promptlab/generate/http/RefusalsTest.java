package dev.promptlab.generate.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.json.StrictJson;
import dev.promptlab.rdsdata.DatabaseUnavailableException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.rdsdata.model.DatabaseResumingException;

final class RefusalsTest {
  private static final String SECRET = "ERROR: relation \"job\" does not exist; SQLState: 42P01";

  private static final ApiRequest REQUEST =
      new ApiRequest(
          "GET",
          "/jobs/x",
          Map.of(),
          Map.of(),
          ByteBuffer.allocate(0),
          "192.0.2.1",
          "request-1",
          "invocation-1");

  private static ApiReply answered(RuntimeException failure) {
    return Refusals.answered(
        REQUEST,
        () -> {
          throw failure;
        });
  }

  private static void assertProblem(ApiReply reply, int status, String slug) {
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.body()).doesNotContain("relation", "SQLState", "42P01", "Exception");
    var problem = StrictJson.parse(reply.body());
    assertThat(problem.get("type").asText()).isEqualTo("urn:promptlab:problem:" + slug);
    assertThat(problem.get("requestId").asText()).isEqualTo("request-1");
  }

  @Test
  void saysThatTheDatabaseIsNotAvailable_withoutItsWords() {
    ApiReply reply = answered(new DatabaseUnavailableException(new IllegalStateException(SECRET)));
    assertProblem(reply, 503, "job-store-unavailable");
    assertThat(reply.headers()).containsEntry("Retry-After", "5");
  }

  @Test
  void saysWhenToComeBack_whileTheDatabaseIsWaking() {
    ApiReply reply =
        answered(
            new DatabaseUnavailableException(
                DatabaseResumingException.builder().message(SECRET).build()));
    assertProblem(reply, 503, "job-store-unavailable");
    assertThat(reply.headers()).containsEntry("Retry-After", "15");
  }

  @Test
  void saysThatSomethingWentWrong_withoutSayingWhat() {
    assertProblem(answered(new IllegalStateException(SECRET)), 500, "internal-error");
  }
}
