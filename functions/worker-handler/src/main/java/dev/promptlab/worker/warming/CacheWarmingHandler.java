package dev.promptlab.worker.warming;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import dev.promptlab.config.Environment;
import dev.promptlab.outage.OutageException;
import dev.promptlab.worker.RunFailedException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;

/**
 * The Lambda entry of the warming of caches, scheduled; the event {@code {"redis": "default"}} says
 * which. Thread-safe.
 */
public final class CacheWarmingHandler
    implements RequestHandler<Map<String, Object>, Map<String, Object>>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CacheWarmingHandler.class);

  /** What a step may take at most, with a database that answers. */
  private static final Duration STEP = Duration.ofSeconds(20);

  private final WarmingModule module;

  /** As Lambda calls it. */
  public CacheWarmingHandler() {
    this(Environment.system());
  }

  /**
   * With given settings.
   *
   * @throws dev.promptlab.config.InvalidSettingException naming the setting that is missing or
   *     unusable
   */
  public CacheWarmingHandler(Environment environment) {
    this.module = new WarmingModule(environment);
  }

  /** How often it is to be called. */
  public Duration interval() {
    return module.interval();
  }

  /** Returns how many popular inputs there were, and what came of them. */
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    return PowertoolsLogging.withLogging(context, () -> warm(event, context));
  }

  private Map<String, Object> warm(Map<String, Object> event, Context context) {
    WarmingRequest request = WarmingRequest.of(event, module.targets());
    CacheWarmer.Report report;
    try {
      report = module.warm(request, () -> context.getRemainingTimeInMillis() > STEP.toMillis());
    } catch (OutageException e) {
      LOG.debug("Not warmed", e);
      throw new RunFailedException(e);
    }
    LOG.info("Warmed {}: {}", request.redis(), report);
    return answer(report);
  }

  static Map<String, Object> answer(CacheWarmer.Report report) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("considered", report.considered());
    answer.put("warmed", report.warmed());
    answer.put("regenerated", report.regenerated());
    answer.put("skipped", report.skipped());
    answer.put("failed", report.failed());
    answer.put("complete", report.complete());
    return answer;
  }

  @Override
  public void close() {
    module.close();
  }
}
