package dev.promptlab.worker;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.promptlab.config.Environment;
import java.time.Duration;
import java.util.List;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;

/** The Lambda entry of the worker: an SQS batch in, the records to redeliver out. Thread-safe. */
public final class JobsHandler
    implements RequestHandler<SQSEvent, SQSBatchResponse>, AutoCloseable {
  private final WorkerModule module;
  private final JobBatch batch;

  /** As Lambda calls it. */
  public JobsHandler() {
    this(Environment.system());
  }

  /**
   * With given settings.
   *
   * @throws dev.promptlab.config.InvalidSettingException naming the setting that is missing or
   *     unusable
   */
  public JobsHandler(Environment environment) {
    this.module = new WorkerModule(environment);
    this.batch = new JobBatch(module.processor(), module.queue());
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    InvocationTime time = InvocationTime.of(Duration.ofMillis(context.getRemainingTimeInMillis()));
    return PowertoolsLogging.withLogging(
        context, () -> new SQSBatchResponse(failures(event, time)));
  }

  private List<SQSBatchResponse.BatchItemFailure> failures(SQSEvent event, InvocationTime time) {
    if (event.getRecords() == null) {
      throw new IllegalArgumentException("the event has no records: it is not one of SQS");
    }
    try {
      return batch.process(event.getRecords(), time).stream()
          .map(SQSBatchResponse.BatchItemFailure::new)
          .toList();
    } finally {
      module.tellMetrics();
    }
  }

  @Override
  public void close() {
    module.close();
  }
}
