package dev.promptlab.queue.sqs;

import dev.promptlab.config.Environment;
import dev.promptlab.queue.JobQueue;
import dev.promptlab.queue.JobQueueContract;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/** The queue contract on a server that speaks SQS; each test has queues of its own. */
abstract class SqsJobQueueContract extends JobQueueContract {
  private @Nullable SqsClient client;
  private @Nullable SqsJobQueue queue;
  private String queueUrl = "";
  private String deadLetterQueueUrl = "";

  abstract URI endpoint();

  @BeforeEach
  final void createQueues() {
    SqsClient sqs =
        SqsClient.builder()
            .endpointOverride(endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
    client = sqs;
    queueUrl =
        sqs.createQueue(request -> request.queueName("jobs-" + UUID.randomUUID())).queueUrl();
    deadLetterQueueUrl =
        sqs.createQueue(request -> request.queueName("dead-" + UUID.randomUUID())).queueUrl();
    queue =
        new SqsJobQueue(
            Environment.of(
                Map.of(
                    "QUEUE_URL",
                    queueUrl,
                    "DEAD_LETTER_QUEUE_URL",
                    deadLetterQueueUrl,
                    "AWS_ENDPOINT_URL_SQS",
                    endpoint().toString(),
                    "AWS_REGION",
                    "us-east-1",
                    "AWS_ACCESS_KEY_ID",
                    "test",
                    "AWS_SECRET_ACCESS_KEY",
                    "test")),
            Duration.ofSeconds(5));
  }

  @AfterEach
  final void closeClients() {
    if (client != null) {
      client.close();
    }
    if (queue != null) {
      queue.close();
    }
  }

  @Override
  protected JobQueue queue() {
    return Objects.requireNonNull(queue);
  }

  @Override
  protected List<Received> receive() {
    return receive(queueUrl);
  }

  @Override
  protected List<Received> receiveDeadLetters() {
    return receive(deadLetterQueueUrl);
  }

  private List<Received> receive(String url) {
    return Objects.requireNonNull(client)
        .receiveMessage(
            request ->
                request
                    .queueUrl(url)
                    .waitTimeSeconds(1)
                    .maxNumberOfMessages(10)
                    .messageAttributeNames("All"))
        .messages()
        .stream()
        .map(SqsJobQueueContract::received)
        .toList();
  }

  private static Received received(Message message) {
    return new Received(
        message.body(),
        message.receiptHandle(),
        Optional.ofNullable(message.messageAttributes().get("reason"))
            .map(MessageAttributeValue::stringValue));
  }
}
