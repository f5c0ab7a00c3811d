package dev.promptlab.local.server.reference;

import dev.promptlab.config.Environment;
import dev.promptlab.generate.GenerateHandler;
import dev.promptlab.generation.Provider;
import dev.promptlab.worker.JobsHandler;
import dev.promptlab.worker.sweep.JobSweepHandler;
import dev.promptlab.worker.warming.CacheWarmingHandler;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The four functions, by the page's names of them. */
enum DeployedFunction {
  GENERATE("GenerateFunction", GenerateHandler::new),
  WORKER("WorkerFunction", JobsHandler::new),
  SWEEP("JobSweepFunction", JobSweepHandler::new),
  WARMING("CacheWarmingFunction", CacheWarmingHandler::new);

  /** All that needs to be set, with every provider; nothing is there. */
  static final Map<String, String> ENVIRONMENT = environment();

  private static Map<String, String> environment() {
    Map<String, String> all = new TreeMap<>(withoutProviders());
    all.put("PROVIDERS", Provider.wireNames().replace(" ", ""));
    all.putAll(providersAt("http://127.0.0.1:9"));
    return Map.copyOf(all);
  }

  /** What configures every provider, with a server of one's own. */
  static Map<String, String> providersAt(String baseUrl) {
    Map<String, String> settings = new TreeMap<>();
    for (Provider provider : Provider.values()) {
      settings.put(provider.name() + "_BASE_URL", baseUrl);
    }
    settings.remove("BEDROCK_BASE_URL");
    settings.put("BEDROCK_MODEL", "amazon.nova-micro-v1:0");
    return settings;
  }

  private static Map<String, String> withoutProviders() {
    return Map.ofEntries(
        Map.entry("RATE_LIMIT_ON_FAILURE", "local"),
        Map.entry("INSTANCES", "2"),
        Map.entry("REDIS_URL", "redis://127.0.0.1:9"),
        Map.entry("QUEUE_URL", "http://127.0.0.1:9/jobs"),
        Map.entry("DEAD_LETTER_QUEUE_URL", "http://127.0.0.1:9/dead-letters"),
        Map.entry("DATABASE_RESOURCE_ARN", "arn:aws:rds:us-east-1:123456789012:cluster:none"),
        Map.entry("DATABASE_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:123456789012:none"),
        Map.entry("DATABASE_NAME", "promptlab"),
        Map.entry("AWS_REGION", "us-east-1"),
        Map.entry("AWS_ACCESS_KEY_ID", "none"),
        Map.entry("AWS_SECRET_ACCESS_KEY", "none"));
  }

  private final String resource;

  @SuppressWarnings("ImmutableEnumChecker") // a constructor
  private final Function<Environment, AutoCloseable> handler;

  DeployedFunction(String resource, Function<Environment, AutoCloseable> handler) {
    this.resource = resource;
    this.handler = handler;
  }

  /** As the page names it. */
  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As template.yaml names it. */
  String resource() {
    return resource;
  }

  /**
   * Constructs the function.
   *
   * @throws dev.promptlab.config.InvalidSettingException if it cannot be
   */
  AutoCloseable construct(Environment environment) {
    return handler.apply(environment);
  }
}
