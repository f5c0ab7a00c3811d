package dev.promptlab.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.cache.InMemoryResultCache;
import dev.promptlab.config.Environment;
import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.InMemoryJobStore;
import dev.promptlab.json.StrictJson;
import dev.promptlab.queue.InMemoryJobQueue;
import dev.promptlab.ratelimit.InMemoryRateLimiter;
import dev.promptlab.ratelimit.RateLimits;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.ModelParameters;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.TemplateStore;
import dev.promptlab.testing.SettableClock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The handler around fakes. */
final class ApiOnFakes {
  final SettableClock clock = new SettableClock();
  final InMemoryResultCache cache = new InMemoryResultCache(clock);
  final InMemoryJobStore jobs = new InMemoryJobStore(clock);
  final InMemoryJobQueue queue = new InMemoryJobQueue();
  private final GenerateHandler handler;

  ApiOnFakes() {
    this(true);
  }

  ApiOnFakes(boolean anonymousAccess) {
    CallerIdentification callers = new CallerIdentification(anonymousAccess);
    GenerateService service =
        new GenerateService(
            Set.of(Provider.ANTHROPIC, Provider.OPENAI),
            new FixedTemplates(),
            cache,
            jobs,
            queue,
            new UuidV7(clock),
            Duration.ofMinutes(10));
    handler =
        new GenerateHandler(
            new Router(
                new GenerateResource(
                    callers,
                    new InMemoryRateLimiter(clock),
                    new RateLimits(Environment.of(Map.of())),
                    service,
                    clock),
                new JobsResource(callers, jobs)),
            () -> {});
  }

  private static final class FixedTemplates implements TemplateStore {
    @Override
    public Optional<PromptTemplate> current(String templateId) {
      return switch (templateId) {
        case "cmjlfawzg0000pq6xyq5r78ws" ->
            Optional.of(template(templateId, "{{input}}", CacheScope.SHARED));
        case "translate" ->
            Optional.of(template(templateId, "{{from}} {{to}} {{text}}", CacheScope.ACCOUNT));
        default -> Optional.empty();
      };
    }

    @Override
    public Optional<PromptTemplate> version(String templateId, int version) {
      return current(templateId).filter(template -> template.version() == version);
    }

    private static PromptTemplate template(String templateId, String content, CacheScope scope) {
      return new PromptTemplate(
          templateId,
          1,
          templateId,
          content,
          Optional.empty(),
          Map.of(),
          new ModelParameters(Optional.empty(), Optional.empty()),
          Optional.empty(),
          scope);
    }
  }

  APIGatewayV2HTTPResponse post(String body) {
    return handle(
        "POST", "/generate", Map.of("Content-Type", "application/json"), body, "203.0.113.7");
  }

  APIGatewayV2HTTPResponse get(String path) {
    return handle("GET", path, Map.of(), "", "203.0.113.7");
  }

  APIGatewayV2HTTPResponse handle(
      String method, String path, Map<String, String> headers, String body, String sourceIp) {
    return handle(method, path, headers, body, false, sourceIp);
  }

  APIGatewayV2HTTPResponse handle(
      String method,
      String path,
      Map<String, String> headers,
      String body,
      boolean base64,
      String sourceIp) {
    APIGatewayV2HTTPEvent event =
        APIGatewayV2HTTPEvent.builder()
            .withVersion("2.0")
            .withRouteKey("$default")
            .withRawPath(path)
            .withHeaders(headers)
            .withBody(body)
            .withIsBase64Encoded(base64)
            .withRequestContext(
                APIGatewayV2HTTPEvent.RequestContext.builder()
                    .withRequestId(UUID.randomUUID().toString())
                    .withStage("$default")
                    .withHttp(
                        APIGatewayV2HTTPEvent.RequestContext.Http.builder()
                            .withMethod(method)
                            .withPath(path)
                            .withSourceIp(sourceIp)
                            .build())
                    .build())
            .build();
    return handle(event);
  }

  APIGatewayV2HTTPResponse handle(APIGatewayV2HTTPEvent event) {
    return handler.handleRequest(event, new TestContext());
  }

  static JsonNode json(APIGatewayV2HTTPResponse reply) {
    return StrictJson.parse(reply.getBody());
  }

  /** The problem in a reply, its common members checked. */
  static JsonNode problem(APIGatewayV2HTTPResponse reply, int status, String slug) {
    JsonNode problem = json(reply);
    assertThat(reply.getStatusCode()).as("%s", problem).isEqualTo(status);
    assertThat(reply.getHeaders()).containsEntry("Content-Type", "application/problem+json");
    assertThat(problem.get("type").asText()).isEqualTo("urn:promptlab:problem:" + slug);
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("title").asText()).isNotBlank();
    assertThat(problem.get("detail").asText()).isNotBlank();
    assertThat(problem.get("instance").asText()).startsWith("/");
    assertThat(problem.get("requestId").asText()).isNotBlank();
    return problem;
  }
}
