package dev.promptlab.local.server;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.generate.GenerateHandler;
import dev.promptlab.local.server.function.LambdaContext;
import dev.promptlab.local.server.gateway.GatewayRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Requests to a handler in this JVM, without the HTTP in between. */
final class HandlerCalls {
  private HandlerCalls() {}

  /** What an anonymous caller gets. */
  static APIGatewayV2HTTPResponse generate(GenerateHandler handler, String input) {
    String body =
        "{\"templateId\":\"%s\",\"provider\":\"anthropic\",\"input\":\"%s\"}"
            .formatted(RunningPromptLab.TEMPLATE, input);
    GatewayRequest request =
        new GatewayRequest(
            "POST",
            URI.create("/generate"),
            "HTTP/1.1",
            Map.of("content-type", List.of("application/json")),
            body.getBytes(StandardCharsets.UTF_8),
            "198.51.100.7",
            443);
    return handler.handleRequest(
        request.toEvent(UUID.randomUUID().toString(), Instant.now()),
        new LambdaContext("promptlab-generate", 1024, Duration.ofSeconds(30)));
  }
}
