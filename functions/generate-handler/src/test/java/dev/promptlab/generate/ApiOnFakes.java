package dev.promptlab.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.accounts.AccountStore;
import dev.promptlab.accounts.InMemoryAccountStore;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.accounts.Role;
import dev.promptlab.accounts.Tier;
import dev.promptlab.cache.InMemoryInvalidationChannel;
import dev.promptlab.cache.InMemoryInvalidationStore;
import dev.promptlab.cache.InMemoryPopularity;
import dev.promptlab.cache.InMemoryResultCache;
import dev.promptlab.config.Environment;
import dev.promptlab.epoch.EpochCopy;
import dev.promptlab.epoch.InMemoryChangeLog;
import dev.promptlab.epoch.InMemoryEpoch;
import dev.promptlab.epoch.SharedCopy;
import dev.promptlab.flight.InMemoryFlight;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.jobs.InMemoryJobStore;
import dev.promptlab.jobs.InMemoryJobWaits;
import dev.promptlab.jobs.InMemoryParkedAnswers;
import dev.promptlab.jobs.InMemorySweepSchedule;
import dev.promptlab.json.StrictJson;
import dev.promptlab.observability.EmbeddedMetrics;
import dev.promptlab.observability.InMemoryFleetMetrics;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.queue.InMemoryJobQueue;
import dev.promptlab.ratelimit.InMemoryRateLimiter;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.InMemoryTemplateStore;
import dev.promptlab.templates.ModelParameters;
import dev.promptlab.templates.TemplateDefinition;
import dev.promptlab.templates.TemplateStore;
import dev.promptlab.testing.SettableClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** The handler around fakes that pass the contracts of the real stores. */
final class ApiOnFakes {
  static final String SEED_TEMPLATE = "cmjlfawzg0000pq6xyq5r78ws";
  static final String SEED =
      "{\"templateId\":\"cmjlfawzg0000pq6xyq5r78ws\",\"provider\":\"anthropic\",\"input\":\"test\"}";
  static final String IP = "203.0.113.7";

  /** One for all requests, as of {@code sam local start-api}: nothing may go by it. */
  private static final String GATEWAY_REQUEST_ID = "the-gateways";

  /** What a call of {@link #complete} costs. */
  static final UsdAmount COST = new UsdAmount(28_000);

  final SettableClock clock = new SettableClock();
  final InMemoryResultCache cache = new InMemoryResultCache(clock);
  final InMemoryInvalidationStore invalidations = new InMemoryInvalidationStore(clock);
  final InMemoryInvalidationChannel invalidationChannel = new InMemoryInvalidationChannel();
  final InMemoryJobStore jobs = new InMemoryJobStore(clock, invalidations);
  final InMemorySweepSchedule sweeps = new InMemorySweepSchedule(clock);
  final InMemoryJobWaits waits = new InMemoryJobWaits(10);
  final InMemoryParkedAnswers parked = new InMemoryParkedAnswers();
  final InMemoryJobQueue queue = new InMemoryJobQueue();
  final InMemoryAccountStore accounts = new InMemoryAccountStore(clock);
  final InMemoryTemplateStore templates = new InMemoryTemplateStore(clock);
  final InMemoryEpoch epoch = new InMemoryEpoch(clock);
  final InMemoryChangeLog changes = new InMemoryChangeLog();
  final InMemoryFleetMetrics metrics = new InMemoryFleetMetrics();
  final InMemoryPopularity popularity = new InMemoryPopularity(clock);
  final Map<String, Runnable> healthChecks = new LinkedHashMap<>();
  private final InMemoryRateLimiter limiter = new InMemoryRateLimiter(clock);
  final InMemoryFlight flight = new InMemoryFlight(limiter, cache, epoch);
  private final Map<String, String> settings = new HashMap<>();
  private final GenerateHandler handler;

  ApiOnFakes() {
    this(Map.of());
  }

  ApiOnFakes(Map<String, String> settings) {
    this.settings.put("PROVIDERS", "anthropic,openai");
    this.settings.put("ANONYMOUS_ACCESS", "on");
    this.settings.putAll(settings);
    accounts.setSpend(account -> new AccountStore.Spend(jobs.spent(account), UsdAmount.ZERO));
    template(SEED_TEMPLATE, "{{input}}", CacheScope.SHARED);
    template("translate", "{{from}} {{to}} {{text}}", CacheScope.ACCOUNT);
    template("own", "{{input}}", CacheScope.ACCOUNT);
    handler = new GenerateHandler(router(), EmbeddedMetrics.none(), () -> {});
  }

  /** Another instance: the same stores, but nothing remembered. */
  GenerateHandler anotherInstance() {
    return new GenerateHandler(router(), EmbeddedMetrics.none(), () -> {});
  }

  Router router() {
    Api api = new Api(ports(), apiSettings(), clock);
    api.listen();
    return api.router();
  }

  GenerateSettings apiSettings() {
    return GenerateSettings.of(Environment.of(settings));
  }

  Ports ports() {
    Copies copies =
        new Copies(
            new EpochCopy<>(SharedCopy.none(), accounts::find, 10_000),
            new EpochCopy<>(SharedCopy.none(), templates::current, 100),
            new EpochCopy<>(SharedCopy.none(), _ -> invalidations.current(), 1));
    return new Ports(
        accounts,
        templates,
        invalidations,
        invalidationChannel,
        jobs,
        sweeps,
        waits,
        parked,
        waits,
        queue,
        cache,
        flight,
        limiter,
        epoch,
        changes,
        metrics,
        popularity,
        copies,
        healthChecks);
  }

  void template(String id, String content, CacheScope scope) {
    templates.put(
        id,
        new TemplateDefinition(
            id,
            content,
            Optional.empty(),
            Map.of(),
            new ModelParameters(Optional.empty(), Optional.empty()),
            Optional.empty(),
            scope,
            List.of()),
        new TemplateStore.Expected.Anything());
  }

  /** A key of an account, which is made if there is none. */
  String key(String account, Tier tier) {
    return key(account, tier, Role.CALLER);
  }

  String admin() {
    return key("root", Tier.ENTERPRISE, Role.ADMIN);
  }

  private String key(String account, Tier tier, Role role) {
    KeySecret secret = KeySecret.generate();
    accounts.create(UUID.randomUUID(), secret.hash(), account, tier, role, Optional.empty());
    return secret.reveal();
  }

  /** Lets a worker complete a job. */
  String complete(String jobId) {
    UUID id = UUID.fromString(jobId);
    UUID token = UUID.randomUUID();
    jobs.claim(id, token, Duration.ofMinutes(2), 5);
    jobs.complete(
        id,
        token,
        new Generation("model-1", "an answer", FinishReason.STOP, new TokenUsage(3, 5)),
        COST,
        Optional.of(Duration.ofHours(1)));
    jobs.find(id).flatMap(job -> job.cachedResult()).ifPresent(cache::set);
    waits.announce(id);
    return jobId;
  }

  /** A request, to be sent once. */
  final class Call {
    private final String method;
    private final String target;
    private final Map<String, String> headers = new TreeMap<>();
    private String body = "";
    private boolean base64;
    private String sourceIp = IP;
    private String invocationId = UUID.randomUUID().toString();

    private Call(String method, String target) {
      this.method = method;
      this.target = target;
    }

    Call key(String key) {
      return header("X-Api-Key", key);
    }

    Call header(String name, String value) {
      headers.put(name, value);
      return this;
    }

    Call json(String json) {
      headers.putIfAbsent("Content-Type", "application/json");
      body = json;
      return this;
    }

    Call body(String text, boolean isBase64) {
      body = text;
      base64 = isBase64;
      return this;
    }

    Call from(String ip) {
      sourceIp = ip;
      return this;
    }

    Call as(String awsRequestId) {
      invocationId = awsRequestId;
      return this;
    }

    APIGatewayV2HTTPResponse send() {
      return send(handler);
    }

    APIGatewayV2HTTPResponse send(GenerateHandler to) {
      String[] parts = target.split("\\?", 2);
      return to.handleRequest(
          APIGatewayV2HTTPEvent.builder()
              .withVersion("2.0")
              .withRouteKey("$default")
              .withRawPath(parts[0])
              .withQueryStringParameters(query(parts.length == 2 ? parts[1] : ""))
              .withHeaders(headers)
              .withBody(body)
              .withIsBase64Encoded(base64)
              .withRequestContext(
                  APIGatewayV2HTTPEvent.RequestContext.builder()
                      .withRequestId(GATEWAY_REQUEST_ID)
                      .withStage("$default")
                      .withHttp(
                          APIGatewayV2HTTPEvent.RequestContext.Http.builder()
                              .withMethod(method)
                              .withPath(parts[0])
                              .withSourceIp(sourceIp)
                              .build())
                      .build())
              .build(),
          new TestContext(invocationId));
    }

    private static Map<String, String> query(String text) {
      Map<String, String> query = new HashMap<>();
      for (String pair : text.split("&", -1)) {
        if (!pair.isEmpty()) {
          String[] parts = pair.split("=", 2);
          query.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
      }
      return query;
    }
  }

  Call call(String method, String target) {
    return new Call(method, target);
  }

  Call generate(String json) {
    return call("POST", "/generate").json(json);
  }

  APIGatewayV2HTTPResponse post(String body) {
    return generate(body).send();
  }

  APIGatewayV2HTTPResponse get(String target) {
    return call("GET", target).send();
  }

  APIGatewayV2HTTPResponse handle(APIGatewayV2HTTPEvent event) {
    return handler.handleRequest(event, new TestContext(UUID.randomUUID().toString()));
  }

  static JsonNode json(APIGatewayV2HTTPResponse reply) {
    return StrictJson.parse(reply.getBody());
  }

  /** The body of a reply of that status. */
  static JsonNode json(APIGatewayV2HTTPResponse reply, int status) {
    assertThat(reply.getStatusCode()).as(reply.getBody()).isEqualTo(status);
    return json(reply);
  }

  static String jobId(APIGatewayV2HTTPResponse reply) {
    return json(reply).path("jobId").asText();
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
