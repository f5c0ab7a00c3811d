package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.promptlab.config.Environment;
import dev.promptlab.generate.GenerateHandler;
import dev.promptlab.local.server.CountedServers.Asked;
import dev.promptlab.local.server.function.LambdaContext;
import dev.promptlab.queue.JobMessage;
import dev.promptlab.worker.JobsHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a miss asks of the servers that are paid by the request: counted at proxies. */
class MissRoundTripsIT {
  private static final int JOBS = 10;

  private static final Parts parts = new Parts();
  private static CountedServers servers;

  @BeforeAll
  static void start() {
    servers = parts.add(new CountedServers(parts.add(RunningPromptLab.start(Map.of()))));
  }

  @AfterAll
  static void stop() {
    parts.close();
  }

  @Test
  void areFewForTheRequest_andFewForItsJob() throws IOException {
    // A queue from which no worker takes the messages: this test hands them over.
    Environment settings =
        Environment.of(servers.settingsWith("QUEUE_URL", servers.setting("DEAD_LETTER_QUEUE_URL")));
    GenerateHandler generate = parts.add(new GenerateHandler(settings));
    JobsHandler worker = parts.add(new JobsHandler(settings));
    // What an instance does once.
    work(worker, List.of(accept(generate, "the first")));

    Asked before = servers.asked();
    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < JOBS; i++) {
      jobs.add(accept(generate, "never asked before " + i));
    }
    Asked requests = servers.asked().since(before);
    before = servers.asked();
    work(worker, jobs);
    Asked work = servers.asked().since(before);

    System.out.printf("%d misses: %s; %d jobs: %s%n", JOBS, requests, JOBS, work);
    // Sometimes more: what is remembered for a minute only.
    assertThat(requests.database()).isBetween(JOBS, JOBS + 3);
    assertThat(requests.queue()).isEqualTo(JOBS);
    assertThat(work.database()).isBetween(2 * JOBS, 2 * JOBS + 3);
    assertThat(work.queue()).isZero();
  }

  private static String accept(GenerateHandler generate, String input) throws IOException {
    APIGatewayV2HTTPResponse reply = HandlerCalls.generate(generate, input);
    assertThat(reply.getStatusCode()).as(reply.getBody()).isEqualTo(202);
    return new ObjectMapper().readTree(reply.getBody()).path("jobId").asText();
  }

  private static void work(JobsHandler worker, List<String> jobs) {
    SQSEvent event = new SQSEvent();
    event.setRecords(jobs.stream().map(MissRoundTripsIT::message).toList());
    assertThat(
            worker
                .handleRequest(event, new LambdaContext("worker", 1024, Duration.ofSeconds(90)))
                .getBatchItemFailures())
        .isEmpty();
  }

  private static SQSEvent.SQSMessage message(String jobId) {
    SQSEvent.SQSMessage message = new SQSEvent.SQSMessage();
    message.setMessageId(jobId);
    message.setReceiptHandle("receipt");
    message.setBody(new JobMessage(UUID.fromString(jobId)).toBody());
    return message;
  }
}
