package dev.promptlab.worker;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import dev.promptlab.config.Environment;
import java.util.Map;

/** The Lambda entry of the scheduled sweep. */
public final class JobSweepHandler
    implements RequestHandler<Map<String, Object>, Map<String, Object>>, AutoCloseable {

  public JobSweepHandler() {
    this(Environment.system());
  }

  public JobSweepHandler(Environment environment) {}

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
