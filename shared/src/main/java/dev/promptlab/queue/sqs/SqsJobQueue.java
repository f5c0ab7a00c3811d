package dev.promptlab.queue.sqs;

import dev.promptlab.aws.AwsClients;
import dev.promptlab.aws.LazyAwsClient;
import dev.promptlab.config.Environment;
import dev.promptlab.queue.JobMessage;
import dev.promptlab.queue.JobQueue;
import dev.promptlab.queue.JobQueueUnavailableException;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * The queue on SQS. Settings: {@code QUEUE_URL}, {@code DEAD_LETTER_QUEUE_URL}, {@code
 * AWS_ENDPOINT_URL_SQS}. Thread-safe.
 */
public final class SqsJobQueue implements JobQueue, AutoCloseable {
  private static final String ENDPOINT = "AWS_ENDPOINT_URL_SQS";
  private static final Duration MAX_DELAY = Duration.ofHours(12);

  private final LazyAwsClient<SqsClient> client;
  private final String queueUrl;
  private final String deadLetterQueueUrl;

  /**
   * Opens nothing yet.
   *
   * @param callTimeout for one call, retries included
   */
  public SqsJobQueue(Environment environment, Duration callTimeout) {
    this.queueUrl = environment.requiredText("QUEUE_URL");
    this.deadLetterQueueUrl = environment.requiredText("DEAD_LETTER_QUEUE_URL");
    this.client =
        new LazyAwsClient<>(
            environment,
            ENDPOINT,
            () -> AwsClients.build(SqsClient.builder(), environment, ENDPOINT, callTimeout));
  }

  @Override
  public void send(JobMessage message) {
    available(
        () ->
            client
                .get()
                .sendMessage(request -> request.queueUrl(queueUrl).messageBody(message.toBody())));
  }

  @Override
  public void retryAfter(String receiptHandle, Duration delay) {
    Duration bounded = delay.compareTo(MAX_DELAY) < 0 ? delay : MAX_DELAY;
    available(
        () ->
            client
                .get()
                .changeMessageVisibility(
                    request ->
                        request
                            .queueUrl(queueUrl)
                            .receiptHandle(receiptHandle)
                            .visibilityTimeout(Math.toIntExact(bounded.toSeconds()))));
  }

  @Override
  public void deadLetter(String body, String reason) {
    MessageAttributeValue reasonAttribute =
        MessageAttributeValue.builder().dataType("String").stringValue(reason).build();
    available(
        () ->
            client
                .get()
                .sendMessage(
                    request ->
                        request
                            .queueUrl(deadLetterQueueUrl)
                            .messageBody(body)
                            .messageAttributes(Map.of("reason", reasonAttribute))));
  }

  /**
   * Asks the queue whether it is there.
   *
   * @throws JobQueueUnavailableException if it is not
   */
  public void check() {
    available(
        () ->
            client
                .get()
                .getQueueAttributes(
                    request ->
                        request
                            .queueUrl(queueUrl)
                            .attributeNames(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES)));
  }

  @Override
  public void close() {
    client.close();
  }

  private static void available(Runnable call) {
    try {
      call.run();
    } catch (SdkException e) {
      throw new JobQueueUnavailableException(e);
    }
  }
}
