package dev.promptlab.worker;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.promptlab.config.Environment;

/** The Lambda entry of the worker: an SQS batch in, the records to redeliver out. */
public final class JobsHandler
    implements RequestHandler<SQSEvent, SQSBatchResponse>, AutoCloseable {

  public JobsHandler() {
    this(Environment.system());
  }

  public JobsHandler(Environment environment) {}

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
