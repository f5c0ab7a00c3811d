package dev.promptlab.local.client;

import dev.promptlab.accounts.KeySecret;
import dev.promptlab.client.ApiClient;
import dev.promptlab.config.Environment;
import dev.promptlab.local.server.LocalPromptLab;
import dev.promptlab.local.server.RunLocalOptions;
import dev.promptlab.local.server.StartFailedException;
import dev.promptlab.local.services.StandInLlm;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A whole PromptLab, with a stand-in for the LLM, and generated clients of it. */
final class RunningPromptLab implements AutoCloseable {
  private final StandInLlm llm =
      StandInLlm.start(StandInLlm.Options.standard().withDelay(Duration.ofMillis(200)));
  private final KeySecret adminKey = KeySecret.generate();
  private final LocalPromptLab promptLab;

  /** An account of the tier free may generate once in a minute. */
  RunningPromptLab(boolean worker) {
    try {
      promptLab =
          LocalPromptLab.start(
              new RunLocalOptions("127.0.0.1", 0, Optional.empty(), worker),
              Environment.of(
                  Map.of(
                      "ANTHROPIC_BASE_URL",
                      llm.baseUrl().toString(),
                      "RATE_LIMITS",
                      "free=1,pro=100,enterprise=1000",
                      // The machine may be busy.
                      "REDIS_COMMAND_TIMEOUT_MS",
                      "5000")),
              adminKey,
              _ -> {});
    } catch (StartFailedException e) {
      llm.close();
      throw new IllegalStateException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + promptLab.address().getPort();
  }

  ApiClient client(String key) {
    String url = url();
    ApiClient client = new ApiClient();
    client.updateBaseUri(url);
    client.setRequestInterceptor(request -> request.header("X-Api-Key", key));
    return client;
  }

  ApiClient adminClient() {
    return client(adminKey.reveal());
  }

  @Override
  public void close() {
    promptLab.close();
    llm.close();
  }
}
