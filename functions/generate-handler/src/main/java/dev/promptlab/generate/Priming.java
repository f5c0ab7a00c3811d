package dev.promptlab.generate;

import dev.promptlab.accounts.KeySecret;
import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.GatewayJson;
import dev.promptlab.generate.http.Refusals;
import dev.promptlab.generation.Provider;
import dev.promptlab.json.StrictJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;

/**
 * Requests that a function makes to itself before a snapshot is taken of it, so that what a
 * caller's request needs has been loaded. They change nothing that lasts, and are not counted.
 */
final class Priming {
  /** That no caller has: RFC 5737. */
  private static final String ADDRESS = "192.0.2.1";

  private final Ports ports;
  private final GenerateSettings settings;
  private final Clock clock;

  Priming(Ports ports, GenerateSettings settings, Clock clock) {
    this.ports = ports;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * One with a key that nobody has: asks Redis as each does, and then the database for that key.
   *
   * @throws IllegalStateException if it was not refused for that
   */
  void refusedRequest() {
    require(401, answer(StagedPorts.uncounted(ports), Provider.ANTHROPIC, KeySecret.generate()));
  }

  /**
   * One that a cached result answers; caller, template and result are made up, and no server is
   * asked.
   *
   * @throws IllegalStateException if it was not answered so
   */
  void hit() {
    KeySecret key = KeySecret.generate();
    Ports staged = StagedPorts.of(ports, key.hash(), clock.instant());
    settings.providers().stream()
        .findFirst()
        .ifPresent(provider -> require(200, answer(staged, provider, key)));
  }

  private ApiReply answer(Ports over, Provider provider, KeySecret key) {
    ApiRequest request = request(provider, key);
    Router router = new Api(over, settings, clock).router();
    return Refusals.answered(request, () -> router.route(request));
  }

  private static void require(int status, ApiReply reply) {
    try {
      GatewayJson.write(reply.toResponse(), OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (reply.status() != status) {
      throw new IllegalStateException("answered with " + reply.status());
    }
  }

  /** Read from an event's JSON, as each is. */
  private static ApiRequest request(Provider provider, KeySecret key) {
    Map<String, String> headers =
        Map.of(
            "content-type", "application/json",
            "x-api-key", key.reveal(),
            // Whatever happens, it makes no job.
            "cache-control", "only-if-cached");
    String body =
        "{\"templateId\":\"%s\",\"provider\":\"%s\",\"input\":\"priming\"}"
            .formatted(StagedPorts.TEMPLATE, provider.wireName());
    Map<String, Object> context =
        Map.of(
            "stage", "$default",
            "requestId", "priming",
            "http", Map.of("method", "POST", "sourceIp", ADDRESS));
    Map<String, Object> event =
        Map.of("rawPath", "/generate", "headers", headers, "body", body, "requestContext", context);
    try {
      byte[] json = StrictJson.mapper().writeValueAsBytes(event);
      return ApiRequest.of(
          GatewayJson.read(new ByteArrayInputStream(json)), UUID.randomUUID().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
