package dev.promptlab.local.server.eventsource;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Receives from one queue and lives through its outages: growing pauses, and one log line when the
 * queue goes and one when it is back. To be used by one thread, {@link #queueArn()} by any.
 */
final class QueueReceiver {
  private static final Logger log = LoggerFactory.getLogger(QueueReceiver.class);

  private static final int MAX_RECEIVE = 10;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final SqsClient sqs;
  private final String queueUrl;
  private final CountDownLatch stopping;
  private volatile String queueArn = "";
  private Duration pause = Duration.ZERO;

  /**
   * @param stopping ends a pause when it has been counted down
   */
  QueueReceiver(SqsClient sqs, String queueUrl, CountDownLatch stopping) {
    this.sqs = sqs;
    this.queueUrl = queueUrl;
    this.stopping = stopping;
  }

  /** Read from the queue, since servers differ in the ARNs they give; empty before a receive. */
  String queueArn() {
    return queueArn;
  }

  /** Empty when there is nothing, and, after a pause, when the queue cannot be reached. */
  List<Message> receive(int count, Duration longPoll) throws InterruptedException {
    try {
      if (queueArn.isEmpty()) {
        queueArn = readQueueArn();
      }
      List<Message> messages = poll(Math.min(count, MAX_RECEIVE), longPoll);
      reachable();
      return messages;
    } catch (RuntimeException e) { // the poller has to outlive whatever a poll throws
      unreachable(e);
      return List.of();
    }
  }

  private List<Message> poll(int count, Duration longPoll) {
    return sqs.receiveMessage(
            request ->
                request
                    .queueUrl(queueUrl)
                    .maxNumberOfMessages(count)
                    .waitTimeSeconds(Math.toIntExact(longPoll.toSeconds()))
                    .messageSystemAttributeNames(MessageSystemAttributeName.ALL)
                    .messageAttributeNames("All"))
        .messages();
  }

  private String readQueueArn() {
    return Objects.requireNonNullElse(
        sqs.getQueueAttributes(
                request -> request.queueUrl(queueUrl).attributeNames(QueueAttributeName.QUEUE_ARN))
            .attributes()
            .get(QueueAttributeName.QUEUE_ARN),
        "");
  }

  private void reachable() {
    if (pause.isPositive()) {
      log.info("The queue {} answers again", queueUrl);
      pause = Duration.ZERO;
    }
  }

  private void unreachable(RuntimeException cause) throws InterruptedException {
    if (pause.isZero()) {
      log.warn("The queue {} does not answer: {}", queueUrl, cause.toString());
      pause = FIRST_PAUSE;
    } else {
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }
    var _ = stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
  }
}
