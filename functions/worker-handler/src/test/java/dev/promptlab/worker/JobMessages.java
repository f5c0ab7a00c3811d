package dev.promptlab.worker;

import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import dev.promptlab.aws.AwsClients;
import dev.promptlab.config.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** The queue's messages, as Lambda's poller handles them. */
final class JobMessages implements AutoCloseable {
  private final SqsClient client;
  private final String queueUrl;

  JobMessages(Environment environment) {
    queueUrl = environment.requiredText("QUEUE_URL");
    client =
        AwsClients.build(
            SqsClient.builder(), environment, "AWS_ENDPOINT_URL_SQS", Duration.ofSeconds(20));
  }

  /** Waits for so many. */
  List<SQSMessage> receive(int count) {
    List<SQSMessage> received = new ArrayList<>();
    while (received.size() < count) {
      received.addAll(receive(count - received.size(), Duration.ofSeconds(5)));
    }
    return received;
  }

  /** Those that are visible now, up to ten. */
  List<SQSMessage> receiveVisible() {
    return receive(10, Duration.ZERO);
  }

  private List<SQSMessage> receive(int most, Duration wait) {
    return client
        .receiveMessage(
            request ->
                request
                    .queueUrl(queueUrl)
                    .maxNumberOfMessages(most)
                    .waitTimeSeconds(Math.toIntExact(wait.toSeconds())))
        .messages()
        .stream()
        .map(JobMessages::message)
        .toList();
  }

  private static SQSMessage message(Message received) {
    SQSMessage message = new SQSMessage();
    message.setMessageId(received.messageId());
    message.setReceiptHandle(received.receiptHandle());
    message.setBody(received.body());
    return message;
  }

  void delete(SQSMessage message) {
    delete(message.getReceiptHandle());
  }

  void delete(String receiptHandle) {
    client.deleteMessage(request -> request.queueUrl(queueUrl).receiptHandle(receiptHandle));
  }

  void makeVisible(String receiptHandle) {
    client.changeMessageVisibility(
        request -> request.queueUrl(queueUrl).receiptHandle(receiptHandle).visibilityTimeout(0));
  }

  @Override
  public void close() {
    client.close();
  }
}
