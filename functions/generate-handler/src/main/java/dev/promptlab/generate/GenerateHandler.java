package dev.promptlab.generate;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.config.Environment;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.Refusals;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;

/** The Lambda entry of the HTTP API: parses, routes and maps. Thread-safe. */
public final class GenerateHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>, AutoCloseable {
  private final Router router;
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
    this(module.router(), module::close);
  }

  GenerateHandler(Router router, Runnable release) {
    this.router = router;
    this.release = release;
  }

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    ApiRequest request = ApiRequest.of(event);
    return PowertoolsLogging.withLogging(
        context, () -> Refusals.answered(request, () -> router.route(request)).toResponse());
  }

  @Override
  public void close() {
    release.run();
  }
}
