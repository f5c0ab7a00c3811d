package dev.promptlab.local.server.eventsource;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.promptlab.local.server.function.Invocation;
import dev.promptlab.local.server.function.LocalFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * Lambda's poller between a queue and a function with {@code ReportBatchItemFailures}: long polls,
 * gathers a batch, calls the function, and deletes what succeeded. What failed stays for its
 * visibility time-out; a whole batch fails when the function throws, times out, or names a message
 * that is not in the batch.
 *
 * <p>While the queue cannot be reached it tries again with growing pauses and logs only the change.
 * Start it once and close it once; the rest happens on virtual threads of its own.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html">Lambda:
 *     handling errors for an SQS event source</a>
 */
public final class EventSourceMapping implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventSourceMapping.class);

  private static final int MAX_DELETE = 10;

  private final SqsClient sqs;
  private final EventSourceSettings settings;
  private final LocalFunction<SQSEvent, SQSBatchResponse> function;
  private final Semaphore permits;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final QueueReceiver receiver;
  private final Thread poller;
  private volatile boolean draining;

  public EventSourceMapping(
      SqsClient sqs,
      EventSourceSettings settings,
      LocalFunction<SQSEvent, SQSBatchResponse> function) {
    this.sqs = sqs;
    this.settings = settings;
    this.function = function;
    this.receiver = new QueueReceiver(sqs, settings.queueUrl(), stopping);
    this.permits = new Semaphore(settings.maxConcurrency());
    this.poller = Thread.ofVirtual().name("poller-" + function.name()).unstarted(this::poll);
  }

  public void start() {
    poller.start();
  }

  /**
   * Goes on until a poll finds nothing, then stops: for a queue that forgets its messages when this
   * program ends.
   *
   * @return whether everything was done within {@code grace}
   */
  public boolean drain(Duration grace) throws InterruptedException {
    if (neverStarted()) {
      return true;
    }
    long deadline = System.nanoTime() + grace.toNanos();
    draining = true;
    boolean drained = poller.join(grace);
    return stop(Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))) && drained;
  }

  /**
   * Stops polling, then waits for what has been received to be processed. Nothing received is
   * dropped: what is not done in time becomes visible in the queue again.
   *
   * @return whether everything was done within {@code grace}
   */
  public boolean stop(Duration grace) throws InterruptedException {
    if (neverStarted()) {
      return true;
    }
    long deadline = System.nanoTime() + grace.toNanos();
    stopping.countDown();
    // The poll under way is not interrupted: it may be carrying messages.
    return poller.join(grace)
        && permits.tryAcquire(
            settings.maxConcurrency(), deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    stopping.countDown();
    poller.interrupt();
  }

  private boolean neverStarted() {
    return poller.getState() == Thread.State.NEW;
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private void poll() {
    try {
      while (!isStopping()) {
        permits.acquire();
        List<Message> batch = isStopping() ? List.of() : gather();
        if (batch.isEmpty()) {
          permits.release();
          if (draining) {
            return;
          }
        } else {
          Thread.ofVirtual().start(() -> runAndRelease(batch));
        }
      }
    } catch (InterruptedException e) {
      // Closed at once: what was received becomes visible in the queue again.
      Thread.currentThread().interrupt();
    }
  }

  /**
   * One receive; with a batching window, more of them until the batch is full or the window ends.
   */
  private List<Message> gather() throws InterruptedException {
    List<Message> batch =
        new ArrayList<>(receiver.receive(settings.batchSize(), settings.longPoll()));
    long end = System.nanoTime() + settings.window().toNanos();
    while (!batch.isEmpty() && batch.size() < settings.batchSize() && !isStopping()) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (!left.isPositive()) {
        break;
      }
      Duration wait = left.compareTo(settings.longPoll()) < 0 ? left : settings.longPoll();
      batch.addAll(receiver.receive(settings.batchSize() - batch.size(), wait));
    }
    return batch;
  }

  private void runAndRelease(List<Message> batch) {
    try {
      delete(succeeded(batch));
    } catch (SdkException e) {
      log.warn("Done but not deleted, so delivered again: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      permits.release();
    }
  }

  private List<Message> succeeded(List<Message> batch) throws InterruptedException {
    SQSEvent event = SqsEvents.of(batch, receiver.queueArn(), settings.region());
    return switch (function.invoke(event)) {
      case Invocation.Returned(var response) -> succeeded(batch, failures(response));
      case Invocation.Failed(var _) -> List.of();
      case Invocation.TimedOut() -> List.of();
    };
  }

  private static List<@Nullable String> failures(@Nullable SQSBatchResponse response) {
    List<@Nullable String> ids = new ArrayList<>();
    if (response != null && response.getBatchItemFailures() != null) {
      for (BatchItemFailure failure : response.getBatchItemFailures()) {
        ids.add(failure == null ? null : failure.getItemIdentifier());
      }
    }
    return ids;
  }

  private List<Message> succeeded(List<Message> batch, List<@Nullable String> failures) {
    Set<String> ids = batch.stream().map(Message::messageId).collect(Collectors.toSet());
    Set<String> failed = new HashSet<>();
    for (String id : failures) {
      if (id == null || !ids.contains(id)) {
        log.error(
            "{} reported a failure of \"{}\", which is not in the batch", function.name(), id);
        return List.of();
      }
      failed.add(id);
    }
    return batch.stream().filter(message -> !failed.contains(message.messageId())).toList();
  }

  private void delete(List<Message> done) {
    for (int from = 0; from < done.size(); from += MAX_DELETE) {
      List<Message> part = done.subList(from, Math.min(from + MAX_DELETE, done.size()));
      List<DeleteMessageBatchRequestEntry> entries =
          part.stream()
              .map(
                  message ->
                      DeleteMessageBatchRequestEntry.builder()
                          .id(message.messageId())
                          .receiptHandle(message.receiptHandle())
                          .build())
              .toList();
      sqs.deleteMessageBatch(request -> request.queueUrl(settings.queueUrl()).entries(entries))
          .failed()
          .forEach(
              failure -> log.warn("Done but not deleted: {}: {}", failure.id(), failure.message()));
    }
  }
}
