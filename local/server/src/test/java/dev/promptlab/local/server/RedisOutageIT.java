package dev.promptlab.local.server;

import static dev.promptlab.local.server.RunningPromptLab.body;
import static dev.promptlab.local.server.RunningPromptLab.newCaller;
import static dev.promptlab.local.server.RunningPromptLab.send;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What a caller sees while Redis is gone, and after. */
class RedisOutageIT {
  private static final RunningPromptLab promptLab = RunningPromptLab.start(Map.of());

  @AfterAll
  static void stop() {
    promptLab.close();
  }

  @Test
  void refusesToGenerateButShowsJobs_whenRedisIsGone_andIsBackWithin2Seconds() {
    String jobId = promptLab.completed("before");
    HttpClient caller = newCaller();

    promptLab.redis().kill();

    HttpResponse<String> refused = send(caller, promptLab.generate("before"));
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(body(refused).path("type").asText())
        .isEqualTo("urn:promptlab:problem:rate-limiter-unavailable");
    assertThat(refused.headers().firstValue("retry-after")).isPresent();
    HttpResponse<String> job = send(caller, promptLab.request("/jobs/" + jobId).build());
    assertThat(job.statusCode()).isEqualTo(200);
    assertThat(body(job).path("status").asText()).isEqualTo("completed");

    promptLab.redis().restart();
    long restarted = System.nanoTime();
    int status = 503;
    while (status == 503) {
      status = send(caller, promptLab.generate("before")).statusCode();
      assertThat(System.nanoTime() - restarted)
          .as("nanoseconds of 503 since Redis is back")
          .isLessThan(Duration.ofSeconds(2).toNanos());
    }
    // From the database, since this Redis kept nothing.
    assertThat(status).isEqualTo(200);
  }
}
