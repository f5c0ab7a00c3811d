package dev.promptlab.generate;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.config.Environment;

/** The Lambda entry of the HTTP API: parses, routes and maps. Thread-safe. */
public final class GenerateHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>, AutoCloseable {
  private final GenerateModule module;

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
    this.module = new GenerateModule(environment);
  }

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    ApiRequest request = ApiRequest.of(event);
    return Refusals.answered(request, () -> module.router().route(request)).toResponse();
  }

  @Override
  public void close() {
    module.close();
  }
}
