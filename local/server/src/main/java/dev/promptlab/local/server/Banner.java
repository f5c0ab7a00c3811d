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
record Banner(URI url, Colours colours) {
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

  String of(
      LlmChoice llm,
      Map<String, String> environment,
      boolean runsJobs,
      KeySecret adminKey,
      Duration took) {
    return """

        %s at %s after %.1f s

        %s%s%s
        %s%s%s
        %s

        %s

        """
        .formatted(
            colours.bold(colours.green("PromptLab is ready")),
            colours.bold(url.toString()),
            took.toMillis() / 1000.0,
            page(environment),
            row("Admin key", adminKey.reveal()),
            llm(llm) + workerOff(runsJobs),
            row(
                "Redis",
                ExternalServers.withoutPassword(environment.getOrDefault("REDIS_URL", ""))),
            row(
                "PostgreSQL",
                "through the RDS Data API at " + environment.get("AWS_ENDPOINT_URL_RDS_DATA")),
            row("SQS", environment.getOrDefault("QUEUE_URL", "")),
            tries(llm.providers()),
            colours.dim("docs/tutorial.md goes on from here. Ctrl-C stops it."));
  }

  private String row(String name, String text) {
    return "  %s%s\n".formatted(colours.cyan("%-13s".formatted(name)), text);
  }

  private String page(Map<String, String> environment) {
    return Environment.of(environment).flag("PAGE", false)
        ? row("Page", url + "/ in a browser: try it, and watch the cache and the limit")
        : "";
  }

  private String llm(LlmChoice llm) {
    String description =
        llm instanceof LlmChoice.StandIn ? colours.yellow(llm.description()) : llm.description();
    List<String> others =
        Arrays.stream(Provider.values())
            .map(Provider::wireName)
            .filter(name -> !llm.providers().contains(name))
            .toList();
    return row("LLM", description)
        + (others.isEmpty() ? "" : row("", "not configured: " + String.join(", ", others)));
  }

  private String workerOff(boolean runsJobs) {
    return runsJobs
        ? ""
        : row("Worker", "off: jobs stay queued until scripts/invoke WorkerFunction runs them");
  }

  /** Comments and commands, to be pasted as they are. */
  private String tries(List<String> providers) {
    String provider = providers.contains("anthropic") ? "anthropic" : providers.getFirst();
    String post =
        "-X POST %s/generate -H \"Content-Type: application/json\" -d '%s'"
            .formatted(
                url,
                "{\"templateId\":\"cmjlfawzg0000pq6xyq5r78ws\",\"provider\":\"%s\",\"input\":\"test\"}"
                    .formatted(provider));
    return """
        Try, in another terminal:

          %s
          curl %s

          %s
          curl %s/jobs/<the jobId of the answer>

          %s
          curl -i %s"""
        .formatted(
            colours.dim("# a new input: 202, and a job is queued"),
            post,
            colours.dim("# the job: queued, processing, completed"),
            url,
            colours.dim("# the same input again: 200, X-Cache: HIT, and no LLM was asked"),
            post);
  }
}
