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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Runs the records of a batch at the same time, each alone: what happens to one is nothing to the
 * others. What is not done in time is given up: it comes back, and what its thread may still do
 * without its lease is refused by the database. Thread-safe.
 */
final class JobBatch {
  /** Until a database that could not be asked is asked again. */
  private static final Duration AFTER_A_FAULT = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(JobBatch.class);

  private final JobProcessor processor;
  private final JobQueue queue;
  private final Limits limits;

  /** With the limits for a function of 90 s. */
  JobBatch(JobProcessor processor, JobQueue queue) {
    this(processor, queue, new Limits(10, Duration.ofSeconds(5), Duration.ofSeconds(10)));
  }

  JobBatch(JobProcessor processor, JobQueue queue, Limits limits) {
    this.processor = processor;
    this.queue = queue;
    this.limits = limits;
  }

  /**
   * What a batch may take.
   *
   * @param atOnce records that run at the same time
   * @param reserve of the invocation's time, to give up in what is not done by then
   * @param least that must be left for a record to be begun
   */
  record Limits(int atOnce, Duration reserve, Duration least) {}

  /** The ids of the messages that must come back; known before the time is over. */
  List<String> process(List<SQSMessage> messages, InvocationTime invocation) {
    InvocationTime time = invocation.minus(limits.reserve());
    // What the log lines say of the invocation is kept per thread.
    Map<String, String> logContext =
        Objects.requireNonNullElse(MDC.getCopyOfContextMap(), Map.of());
    // Not closed: that would wait for threads that do not heed their interruption.
    ExecutorService threads =
        Executors.newFixedThreadPool(limits.atOnce(), Thread.ofVirtual().factory());
    try {
      List<Callable<Boolean>> records = new ArrayList<>();
      messages.forEach(message -> records.add(() -> process(message, time, logContext)));
      List<Future<Boolean>> ends =
          threads.invokeAll(records, time.left().toNanos(), TimeUnit.NANOSECONDS);
      giveUp(messages, ends, threads);
      return IntStream.range(0, messages.size())
          .filter(i -> !succeeded(ends.get(i)))
          .mapToObj(i -> messages.get(i).getMessageId())
          .toList();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return messages.stream().map(SQSMessage::getMessageId).toList();
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean succeeded(Future<Boolean> end) {
    return switch (end.state()) {
      case SUCCESS -> end.resultNow();
      case FAILED -> {
        if (end.exceptionNow() instanceof OutageException outage) {
          LOG.error("A record comes back: {}", outage.getMessage());
          LOG.debug("A record", outage);
        } else {
          LOG.error("A record failed and comes back", end.exceptionNow());
        }
        yield false;
      }
      case CANCELLED, RUNNING -> false;
    };
  }

  /** What ran out of time has been interrupted; its messages are to come back soon. */
  private void giveUp(
      List<SQSMessage> messages, List<Future<Boolean>> ends, ExecutorService threads)
      throws InterruptedException {
    List<Callable<Void>> delays = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      if (ends.get(i).isCancelled()) {
        SQSMessage message = messages.get(i);
        LOG.error("Message {} comes back: it was not done in time", message.getMessageId());
        delays.add(
            () -> {
              retryAfter(message, AFTER_A_FAULT);
              return null;
            });
      }
    }
    if (delays.isEmpty()) {
      return;
    }
    threads.shutdownNow();
    // Time for an answer to be parked.
    var _ =
        threads.awaitTermination(limits.reserve().dividedBy(5).toMillis(), TimeUnit.MILLISECONDS);
    ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();
    others.invokeAll(delays, limits.reserve().dividedBy(2).toMillis(), TimeUnit.MILLISECONDS);
    others.shutdownNow();
  }

  private boolean process(SQSMessage message, InvocationTime time, Map<String, String> logContext) {
    MDC.setContextMap(logContext);
    return process(message, time);
  }

  private boolean process(SQSMessage message, InvocationTime time) {
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
    if (!time.allows(limits.least())) {
      retryAfter(message, Duration.ZERO);
      return false;
    }
    Delivery delivery;
    try {
      delivery = processor.process(job.jobId(), time);
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
        if (!Thread.currentThread().isInterrupted()) {
          // Else it was given up, and is seen to.
          retryAfter(message, retry.delay());
        }
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
