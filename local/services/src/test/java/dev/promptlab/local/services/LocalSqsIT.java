package dev.promptlab.local.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

class LocalSqsIT {
  private static final int MAX_RECEIVE_COUNT = 50;
  private static LocalSqs server;
  private static SqsClient sqs;

  @BeforeAll
  static void start() {
    server = LocalSqs.start();
    sqs = client(server.endpoint());
  }

  @AfterAll
  static void stop() {
    sqs.close();
    server.close();
  }

  private static SqsClient client(URI endpoint) {
    return SqsClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  private static Map<QueueAttributeName, String> attributes(String queueUrl) {
    return sqs.getQueueAttributes(
            request -> request.queueUrl(queueUrl).attributeNames(QueueAttributeName.ALL))
        .attributes();
  }

  private static List<Message> receive(String queueUrl) {
    return sqs.receiveMessage(
            request -> request.queueUrl(queueUrl).waitTimeSeconds(1).visibilityTimeout(0))
        .messages();
  }

  @Test
  void hasTheQueues_withTheirSettings() {
    assertThat(server.queueUrl()).endsWith("/promptlab-jobs");
    assertThat(server.deadLetterQueueUrl()).endsWith("/promptlab-jobs-dlq");
    Map<QueueAttributeName, String> jobs = attributes(server.queueUrl());
    assertThat(jobs).containsEntry(QueueAttributeName.VISIBILITY_TIMEOUT, "540");
    assertThat(jobs.get(QueueAttributeName.REDRIVE_POLICY))
        .contains(attributes(server.deadLetterQueueUrl()).get(QueueAttributeName.QUEUE_ARN))
        .contains("50");
  }

  @Test
  void redrivesAMessage_thatWasReceivedTooOften() {
    sqs.sendMessage(request -> request.queueUrl(server.queueUrl()).messageBody("tried in vain"));

    for (int i = 0; i < MAX_RECEIVE_COUNT; i++) {
      assertThat(receive(server.queueUrl())).hasSize(1);
    }

    assertThat(receive(server.queueUrl())).isEmpty();
    assertThat(receive(server.deadLetterQueueUrl()))
        .extracting(Message::body)
        .containsExactly("tried in vain");
  }

  @Test
  void keepsQueuesThatAreThere_andTheirMessages() {
    try (LocalSqs other = LocalSqs.start();
        SqsClient otherClient = client(other.endpoint())) {
      otherClient.sendMessage(
          request -> request.queueUrl(other.queueUrl()).messageBody("still here"));

      Queues again = Queues.create(other.endpoint());

      assertThat(again.jobsUrl()).isEqualTo(other.queueUrl());
      assertThat(
              otherClient.receiveMessage(request -> request.queueUrl(again.jobsUrl())).messages())
          .extracting(Message::body)
          .containsExactly("still here");
    }
  }

  @Test
  void stops_onlyOnce() {
    LocalSqs other = LocalSqs.start();

    other.close();
    other.close();

    assertThat(receive(server.deadLetterQueueUrl())).hasSizeLessThan(2);
  }
}
