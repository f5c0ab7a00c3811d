package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.accounts.KeySecret;
import dev.promptlab.config.Environment;
import dev.promptlab.generation.Provider;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BannerTest {
  private static final URI URL = URI.create("http://localhost:4000");
  private static final KeySecret ADMIN_KEY = KeySecret.generate();
  private static final LlmChoice STAND_IN = new LlmChoice.StandIn(URI.create("http://127.0.0.1:1"));

  @Test
  void namesTheProvidersThatAreServed_andThoseThatAreNot() {
    assertThat(banner(STAND_IN, true))
        .contains("STAND-IN for anthropic and openai, no real model")
        .contains("not configured: bedrock");
  }

  @Test
  void doesNotSpeakOfProviders_whenAllAreConfigured() {
    LlmChoice all = new LlmChoice.Configured(List.of(Provider.values()), Environment.of(Map.of()));

    assertThat(banner(all, true))
        .contains("LLM          " + Provider.wireNames() + "\n")
        .doesNotContain("not configured");
  }

  @Test
  void saysThatJobsStayQueued_whenTheWorkerIsOff() {
    assertThat(banner(STAND_IN, false)).contains("Worker       off: jobs stay queued ");
    assertThat(banner(STAND_IN, true)).doesNotContain("Worker");
  }

  @Test
  void saysTheSame_withColoursAndWithout() {
    String coloured =
        new Banner(URL, Colours.ON).of(STAND_IN, Map.of(), true, ADMIN_KEY, Duration.ofSeconds(4));

    assertThat(coloured).contains("\u001b[");
    assertThat(coloured.replaceAll("\u001b\\[[0-9]*m", "")).isEqualTo(banner(STAND_IN, true));
  }

  @Test
  void showsTheAdminKey() {
    assertThat(banner(STAND_IN, true)).contains("Admin key    " + ADMIN_KEY.reveal() + "\n");
  }

  @Test
  void namesThePage_whereThereIsOne() {
    assertThat(banner(STAND_IN, true, Map.of("PAGE", "on")))
        .contains("Page         http://localhost:4000/ in a browser");
    assertThat(banner(STAND_IN, true, Map.of("PAGE", "off"))).doesNotContain("in a browser");
  }

  private static String banner(LlmChoice llm, boolean runsJobs) {
    return banner(llm, runsJobs, Map.of());
  }

  private static String banner(LlmChoice llm, boolean runsJobs, Map<String, String> environment) {
    return new Banner(URL, Colours.OFF)
        .of(llm, environment, runsJobs, ADMIN_KEY, Duration.ofSeconds(4));
  }
}
