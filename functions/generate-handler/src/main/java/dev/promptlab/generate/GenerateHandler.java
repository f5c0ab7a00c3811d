package dev.promptlab.generate;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.config.Environment;
import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.GatewayJson;
import dev.promptlab.generate.http.Refusals;
import dev.promptlab.observability.EmbeddedMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.slf4j.MDC;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;

/** The Lambda entry of the HTTP API: parses, routes and maps. Thread-safe. */
public final class GenerateHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>,
        RequestStreamHandler,
        AutoCloseable {
  private static final int INTERNAL_ERROR = 500;

  private final Router router;
  private final EmbeddedMetrics metrics;
  private final Runnable release;

  /** As Lambda calls it. */
  public GenerateHandler() {
    this(Environment.system());
  }

  /**
   * With given settings.
   *
   * @throws dev.promptlab.config.InvalidSettingException naming the setting that is missing or
   *     unusable
   */
  public GenerateHandler(Environment environment) {
    this(new GenerateModule(environment));
  }

  private GenerateHandler(GenerateModule module) {
    this(module.router(), module.embedded(), module::close);
  }

  GenerateHandler(Router router, EmbeddedMetrics metrics, Runnable release) {
    this.router = router;
    this.metrics = metrics;
    this.release = release;
  }

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    ApiRequest request = ApiRequest.of(event, context.getAwsRequestId());
    // Not withLogging: at the end of each invocation it searches for buffering appenders, and there
    // is none.
    PowertoolsLogging.initializeLogging(context);
    try {
      return answer(request).toResponse();
    } finally {
      MDC.clear();
    }
  }

  /** What Lambda calls, as it prefers streams. */
  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    GatewayJson.write(handleRequest(GatewayJson.read(event), context), answer);
  }

  private ApiReply answer(ApiRequest request) {
    long start = System.nanoTime();
    ApiReply reply = Refusals.answered(request, () -> router.route(request));
    tell(reply, Duration.ofNanos(System.nanoTime() - start));
    return reply;
  }

  private void tell(ApiReply reply, Duration took) {
    if (GenerateResource.isHit(reply)) {
      metrics.addHit(took);
    }
    if (reply.status() == INTERNAL_ERROR) {
      metrics.countInternalError();
    }
    metrics.write();
  }

  @Override
  public void close() {
    release.run();
  }
}
