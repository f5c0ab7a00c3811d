package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.accounts.KeySecret;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that is stopped for a while, as Lambda freezes an environment between requests, and
 * that loses its connections to Redis meanwhile: it serves its first request.
 */
class FrozenEnvironmentIT {
  private static final String ADMIN = KeySecret.generate().reveal();

  @TempDir private static Path folder;
  private static final Parts parts = new Parts();
  private static final SharedServers servers = parts.add(new SharedServers());
  private static final FaultyProxy proxy = parts.add(FaultyProxy.start(servers.redis().port()));
  private static PromptLabProcess promptLab;

  @BeforeAll
  static void start() throws Exception {
    promptLab =
        parts.add(
            PromptLabProcess.start(
                folder,
                servers.environment(
                    Map.of(
                        "REDIS_URL",
                        "redis://127.0.0.1:" + proxy.port(),
                        "ADMIN_API_KEY",
                        ADMIN))));
  }

  @AfterAll
  static void stop() {
    parts.close();
  }

  /** Less, and more, than the 30 s after which a connection is tried before it is trusted. */
  @ParameterizedTest
  @ValueSource(ints = {3, 35})
  void servesItsFirstRequest_whenItThaws(int seconds) throws Exception {
    String key = promptLab.newKey(ADMIN, "frozen-" + seconds, "pro").path("key").asText();
    promptLab.awaitHit(key, RunningPromptLab.TEMPLATE, "before the freeze");

    promptLab.process().signal("STOP");
    proxy.cut();
    // The time that passes is what is tested.
    TimeUnit.SECONDS.sleep(seconds);
    promptLab.process().signal("CONT");

    PromptLabProcess.Reply reply =
        promptLab.generate(key, RunningPromptLab.TEMPLATE, "before the freeze");
    assertThat(reply.hit()).as(reply.text()).isTrue();
    assertThat(promptLab.process().stdout()).noneMatch(line -> line.contains("circuit breaker"));
    assertThat(promptLab.call("GET", "/metrics", ADMIN, null).expect(200).text())
        .doesNotContain("redis_breaker_transitions_total{");
  }
}
