package dev.promptlab.local.server;

import dev.promptlab.accounts.KeySecret;
import dev.promptlab.config.Environment;
import dev.promptlab.generation.Provider;
import dev.promptlab.local.services.ExternalServers;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What a newcomer reads when PromptLab is ready. */
final class Banner {
  /** Under the others: a name, and what is to be said of it. */
  private static final String ROW = "  %-15s%s\n";

  private Banner() {}

  /** The address as one types it: where everything local answers, "localhost" is the usual name. */
  static URI url(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress().replaceFirst("%.*", "");
    boolean local = address.getAddress().isLoopbackAddress() && host.equals("127.0.0.1");
    String shown =
        local || address.getAddress().isAnyLocalAddress()
            ? "localhost"
            : host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://%s:%d".formatted(shown, address.getPort()));
  }

  static String of(
      URI url,
      LlmChoice llm,
      Map<String, String> environment,
      boolean runsJobs,
      KeySecret adminKey,
      Duration took) {
    String post = post(url, llm.providers());
    return """

        PromptLab is ready at %s after %.1f s

        %s  Redis          %s
          PostgreSQL     through the RDS Data API at %s
          SQS            %s
          LLM            %s
        %s  Admin key      %s

        Try, in another terminal:

          curl %s
          curl %s/jobs/<the jobId of the answer>
          curl -i %s    # again: X-Cache: HIT

        Ctrl-C stops it.
        """
        .formatted(
            url,
            took.toMillis() / 1000.0,
            page(url, environment),
            ExternalServers.withoutPassword(environment.getOrDefault("REDIS_URL", "")),
            environment.get("AWS_ENDPOINT_URL_RDS_DATA"),
            environment.get("QUEUE_URL"),
            llm.description(),
            notConfigured(llm) + workerOff(runsJobs),
            adminKey.reveal(),
            post,
            url,
            post);
  }

  private static String page(URI url, Map<String, String> environment) {
    return Environment.of(environment).flag("PAGE", false)
        ? ROW.formatted("Page", url + "/ in a browser: try it, and watch the cache and the limit")
        : "";
  }

  private static String notConfigured(LlmChoice llm) {
    List<String> others =
        Arrays.stream(Provider.values())
            .map(Provider::wireName)
            .filter(name -> !llm.providers().contains(name))
            .toList();
    return others.isEmpty()
        ? ""
        : ROW.formatted("", "not configured: " + String.join(", ", others));
  }

  private static String workerOff(boolean runsJobs) {
    return runsJobs
        ? ""
        : ROW.formatted(
            "Worker", "off: jobs stay queued until scripts/invoke WorkerFunction runs them");
  }

  private static String post(URI url, List<String> providers) {
    String provider = providers.contains("anthropic") ? "anthropic" : providers.getFirst();
    return "-X POST %s/generate -H \"Content-Type: application/json\" -d '%s'"
        .formatted(
            url,
            "{\"templateId\":\"cmjlfawzg0000pq6xyq5r78ws\",\"provider\":\"%s\",\"input\":\"test\"}"
                .formatted(provider));
  }
}
