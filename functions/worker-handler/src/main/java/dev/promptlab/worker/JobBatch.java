package dev.promptlab.worker;

import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import dev.promptlab.outage.OutageException;
import dev.promptlab.queue.JobMessage;
import dev.promptlab.queue.JobQueue;
import dev.promptlab.queue.JobQueueUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Runs the records of a batch at the same time, each alone: what happens to one is nothing to the
 * others. Thread-safe.
 */
final class JobBatch {
  /** Until a database that could not be asked is asked again. */
  private static final Duration AFTER_A_FAULT = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(JobBatch.class);

  private final JobProcessor processor;
  private final JobQueue queue;

  JobBatch(JobProcessor processor, JobQueue queue) {
    this.processor = processor;
    this.queue = queue;
  }

  /** The ids of the messages that must come back. */
  List<String> process(List<SQSMessage> messages) {
    // What the log lines say of the invocation is kept per thread.
    Map<String, String> logContext =
        Objects.requireNonNullElse(MDC.getCopyOfContextMap(), Map.of());
    List<String> failed = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> done =
          messages.stream()
              .map(message -> threads.submit(() -> process(message, logContext)))
              .toList();
      for (int i = 0; i < messages.size(); i++) {
        if (!succeeded(done.get(i))) {
          failed.add(messages.get(i).getMessageId());
        }
      }
    }
    return failed;
  }

  private static boolean succeeded(Future<Boolean> done) {
    try {
      return done.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OutageException outage) {
        LOG.error("A record comes back: {}", outage.getMessage());
        LOG.debug("A record", outage);
      } else {
        LOG.error("A record failed and comes back", e.getCause());
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean process(SQSMessage message, Map<String, String> logContext) {
    MDC.setContextMap(logContext);
    return process(message);
  }

  private boolean process(SQSMessage message) {
    JobMessage job;
    try {
      job = JobMessage.ofBody(message.getBody());
    } catch (IllegalArgumentException e) {
      LOG.error(
          "Malformed message {} moved to the dead-letter queue: {}",
          message.getMessageId(),
          e.getMessage());
      queue.deadLetter(message.getBody(), "malformed: " + e.getMessage());
      return true;
    }
    Delivery delivery;
    try {
      delivery = processor.process(job.jobId());
    } catch (OutageException e) {
      LOG.error("Job {} comes back: {}", job.jobId(), e.getMessage());
      LOG.debug("Job {}", job.jobId(), e);
      delivery = new Delivery.Retry(AFTER_A_FAULT);
    } catch (RuntimeException e) {
      LOG.error("Job {} comes back: the worker failed", job.jobId(), e);
      delivery = new Delivery.Retry(AFTER_A_FAULT);
    }
    return switch (delivery) {
      case Delivery.Done() -> true;
      case Delivery.Retry retry -> {
        retryAfter(message, retry.delay());
        yield false;
      }
    };
  }

  private void retryAfter(SQSMessage message, Duration delay) {
    try {
      queue.retryAfter(message.getReceiptHandle(), delay);
    } catch (JobQueueUnavailableException e) {
      LOG.warn(
          "Message {} comes back after its visibility time-out instead: {}",
          message.getMessageId(),
          e.getMessage());
    }
  }
}
