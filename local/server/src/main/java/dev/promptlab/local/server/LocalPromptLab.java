package dev.promptlab.local.server;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.accounts.rdsdata.RdsDataAccountStore;
import dev.promptlab.aws.AwsClients;
import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.generate.GenerateHandler;
import dev.promptlab.generation.ConfiguredProviders;
import dev.promptlab.local.server.eventsource.EventSourceMapping;
import dev.promptlab.local.server.eventsource.EventSourceSettings;
import dev.promptlab.local.server.function.LocalFunction;
import dev.promptlab.local.server.gateway.HttpGateway;
import dev.promptlab.local.services.LocalServices;
import dev.promptlab.local.services.LocalServicesException;
import dev.promptlab.local.services.LocalServicesSettings;
import dev.promptlab.local.services.StandInLlm;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.worker.JobsHandler;
import dev.promptlab.worker.sweep.JobSweepHandler;
import dev.promptlab.worker.warming.CacheWarmingHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * The whole PromptLab in this JVM: the servers it needs, the functions' own handlers, and around
 * them an HTTP front, a queue poller and a scheduler. Only the environment differs from AWS.
 *
 * <p>To be started, used and stopped by any thread, each once.
 */
public final class LocalPromptLab implements AutoCloseable {
  private static final Duration GATEWAY_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration WORKER_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration SWEEP_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration FIRST_SWEEP = Duration.ofSeconds(5);
  private static final Duration SWEEP_PERIOD = Duration.ofMinutes(1);
  private static final Duration WARMING_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration SQL_BUDGET = Duration.ofSeconds(20);
  private static final Duration SQS_BUDGET = Duration.ofSeconds(10);

  private final Parts parts;
  private final HttpGateway gateway;
  private final EventSourceMapping worker;
  private final Scheduler sweep;
  private final Scheduler warming;
  private final LlmChoice llm;
  private final boolean ownQueue;
  private final boolean runsJobs;
  private final Map<String, String> environment;

  private LocalPromptLab(
      Parts parts,
      HttpGateway gateway,
      LlmChoice llm,
      boolean ownQueue,
      boolean runsJobs,
      Map<String, String> environment) {
    this.parts = parts;
    this.gateway = gateway;
    this.llm = llm;
    this.ownQueue = ownQueue;
    this.runsJobs = runsJobs;
    this.environment = environment;
    Environment settings = Environment.of(environment);
    GenerateHandler generate = parts.add(new GenerateHandler(settings));
    this.worker = parts.add(worker(parts, settings));
    this.sweep = parts.add(sweep(parts, settings));
    CacheWarmingHandler warmer = parts.add(new CacheWarmingHandler(settings));
    this.warming = parts.add(warming(warmer));
    if (runsJobs) {
      worker.start();
    }
    sweep.start(FIRST_SWEEP, SWEEP_PERIOD);
    warming.start(warmer.interval(), warmer.interval());
    LocalFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function =
        new LocalFunction<>("promptlab-generate", generate, GATEWAY_TIMEOUT, 1024);
    WarmUp.run(function, ConfiguredProviders.of(settings).iterator().next().wireName());
    gateway.start(function);
  }

  /**
   * Starts everything; what has been started is stopped again when something fails.
   *
   * @param user the environment of who runs it
   * @param adminKey good from the start on, unless it has been revoked
   * @param progress gets a line for each part that is there
   * @throws StartFailedException with the one line that says why and what to do
   */
  public static LocalPromptLab start(
      RunLocalOptions options, Environment user, KeySecret adminKey, Consumer<String> progress)
      throws StartFailedException {
    Parts parts = new Parts();
    try {
      // First of all, so that a port in use is refused at once.
      HttpGateway gateway = parts.add(bind(options));
      FunctionsEnvironment.check(user);
      LocalServicesSettings settings = servicesSettings(options, user);
      CompletableFuture<Optional<LlmChoice>> search = searchLlm(user);
      LocalServices services = parts.add(LocalServices.start(settings, progress));
      addAdminKey(services, adminKey);
      LlmChoice llm = search.join().orElseGet(() -> standIn(parts, progress));
      return new LocalPromptLab(
          parts,
          gateway,
          llm,
          settings.sqsEndpoint().isEmpty(),
          options.worker(),
          FunctionsEnvironment.of(services.environment(), llm, user));
    } catch (LocalServicesException | InvalidSettingException e) {
      parts.close();
      throw new StartFailedException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException | StartFailedException e) {
      parts.close();
      throw e;
    }
  }

  private static HttpGateway bind(RunLocalOptions options) throws StartFailedException {
    InetSocketAddress address = new InetSocketAddress(options.host(), options.port());
    if (address.isUnresolved()) {
      throw new StartFailedException(
          "host %s is unknown: give --host an address of this machine".formatted(options.host()));
    }
    try {
      return HttpGateway.bind(address, Clock.systemUTC());
    } catch (IOException e) {
      throw new StartFailedException(bindFailure(options, e), e);
    }
  }

  private static String bindFailure(RunLocalOptions options, IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    if (reason.contains("in use")) {
      return "port %d is in use: stop what uses it, or take another one with --port"
          .formatted(options.port());
    }
    if (reason.contains("assign")) {
      return "host %s is not an address of this machine: give --host one that is"
          .formatted(options.host());
    }
    return "cannot listen on %s port %d (%s): take another one with --port"
        .formatted(options.host(), options.port(), reason);
  }

  private static LocalServicesSettings servicesSettings(RunLocalOptions options, Environment user) {
    return new LocalServicesSettings(
        RedisSettings.url(user, "REDIS_URL"),
        user.text("DATABASE_URL"),
        user.uri("SQS_ENDPOINT"),
        options.data());
  }

  private static CompletableFuture<Optional<LlmChoice>> searchLlm(Environment user) {
    CompletableFuture<Optional<LlmChoice>> search = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("llm-search")
        .start(
            () ->
                search.complete(LlmChoice.find(user, new OllamaProbe(OllamaProbe.USUAL_ADDRESS))));
    return search;
  }

  private static void addAdminKey(LocalServices services, KeySecret adminKey) {
    try (DataApi database = new DataApi(Environment.of(services.environment()), SQL_BUDGET)) {
      new RdsDataAccountStore(database).addAdminKey(UUID.randomUUID(), adminKey.hash());
    }
  }

  private static LlmChoice standIn(Parts parts, Consumer<String> progress) {
    StandInLlm server = parts.add(StandInLlm.start());
    progress.accept("Stand-in LLM at " + server.baseUrl());
    return new LlmChoice.StandIn(server.baseUrl());
  }

  private static EventSourceMapping worker(Parts parts, Environment settings) {
    JobsHandler handler = parts.add(new JobsHandler(settings));
    SqsClient sqs =
        parts.add(
            AwsClients.build(SqsClient.builder(), settings, "AWS_ENDPOINT_URL_SQS", SQS_BUDGET));
    return new EventSourceMapping(
        sqs,
        EventSourceSettings.of(
            settings.requiredText("QUEUE_URL"), settings.requiredText("AWS_REGION")),
        new LocalFunction<>("promptlab-worker", handler, WORKER_TIMEOUT, 1024));
  }

  private static Scheduler sweep(Parts parts, Environment settings) {
    JobSweepHandler handler = parts.add(new JobSweepHandler(settings));
    LocalFunction<Map<String, Object>, Map<String, Object>> function =
        new LocalFunction<>("promptlab-sweep", handler, SWEEP_TIMEOUT, 512);
    String region = settings.requiredText("AWS_REGION");
    return new Scheduler(
        function, () -> Scheduler.usualPayload(function.name(), region, Clock.systemUTC()));
  }

  private static Scheduler warming(CacheWarmingHandler handler) {
    return new Scheduler(
        new LocalFunction<>("promptlab-cache-warming", handler, WARMING_TIMEOUT, 512),
        () -> Map.of("redis", "default"));
  }

  public InetSocketAddress address() {
    return gateway.address();
  }

  /** How many requests were answered. */
  long answered() {
    return gateway.answered();
  }

  LlmChoice llm() {
    return llm;
  }

  /** Whether queued jobs are run here. */
  boolean runsJobs() {
    return runsJobs;
  }

  /** What the functions got. */
  public Map<String, String> environment() {
    return environment;
  }

  /**
   * Lets what has been accepted come to its end, then stops everything: no more requests, then no
   * more scheduled runs, then no more messages. The embedded queue lives in memory: it is worked
   * off first.
   *
   * @param grace for each of them
   * @return whether nothing had to be cut short
   */
  boolean stop(Duration grace) throws InterruptedException {
    gateway.stop(grace);
    boolean swept = sweep.stop(grace);
    boolean warmed = warming.stop(grace);
    boolean worked = ownQueue ? worker.drain(grace) : worker.stop(grace);
    parts.close();
    return swept && warmed && worked;
  }

  /** Stops everything at once. */
  @Override
  public void close() {
    parts.close();
  }
}
