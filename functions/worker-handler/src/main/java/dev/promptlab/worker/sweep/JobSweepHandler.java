package dev.promptlab.worker.sweep;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import dev.promptlab.config.Environment;
import dev.promptlab.outage.OutageException;
import dev.promptlab.worker.RunFailedException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;

/**
 * The Lambda entry of the sweep, scheduled each minute; the event's content does not matter.
 * Thread-safe.
 */
public final class JobSweepHandler
    implements RequestHandler<Map<String, Object>, Map<String, Object>>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobSweepHandler.class);

  private static final JobSweeper.Report NOTHING = new JobSweeper.Report(0, 0, 0, 0);

  private final SweepModule module;

  /** As Lambda calls it. */
  public JobSweepHandler() {
    this(Environment.system());
  }

  /**
   * With given settings.
   *
   * @throws dev.promptlab.config.InvalidSettingException naming the setting that is missing or
   *     unusable
   */
  public JobSweepHandler(Environment environment) {
    this.module = new SweepModule(environment);
  }

  /** Returns how many jobs were sent again and how many ended, and what else was done. */
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    return PowertoolsLogging.withLogging(context, this::sweep);
  }

  private Map<String, Object> sweep() {
    JobSweeper.Report report;
    try {
      report = module.sweep();
    } catch (OutageException e) {
      LOG.debug("Not swept", e);
      throw new RunFailedException(e);
    }
    if (!report.equals(NOTHING)) {
      LOG.info(
          "Swept: {} jobs sent again, {} ended at their deadline, {} changes told, {} contents erased",
          report.sent(),
          report.expired(),
          report.told(),
          report.erased());
    }
    return Map.of(
        "sent", report.sent(),
        "expired", report.expired(),
        "told", report.told(),
        "erased", report.erased());
  }

  @Override
  public void close() {
    module.close();
  }
}
