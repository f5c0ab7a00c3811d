package dev.promptlab.local.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.accounts.KeySecret;
import dev.promptlab.local.services.StandInLlm;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the page says while something of what PromptLab needs is gone, or a request is refused. */
@Tag("browser")
class FailuresIT {
  private static final Pattern COUNTDOWN = Pattern.compile("Try again in [0-9]+ s");

  private final RunLocalForBrowser promptLab = RunLocalForBrowser.start(Duration.ofMinutes(1));
  private final Chromium chromium = new Chromium();

  @AfterEach
  void stop() {
    chromium.close();
    promptLab.close();
  }

  private Visit visit() {
    return Visit.to(promptLab.url(), chromium.browser());
  }

  @Test
  void saysWhatIsWrong_whileTheLlm_thenTheDatabase_thenRedis_thenPromptLabItselfIsGone() {
    try (Visit visit = visit()) {
      visit.send("Before all that.");
      assertThat(visit.id("life")).hasAttribute("data-status", "completed");

      theLlmRefuses(visit);
      theLlmIsGone(visit);
      theDatabaseIsGone(visit);
      redisIsGone(visit);
      promptLabIsGone(visit);
    }
  }

  private void theLlmRefuses(Visit visit) {
    promptLab.llm().failNext(StandInLlm.Failure.status(401));
    visit.send("To a model that refuses.");
    assertThat(visit.id("life")).hasAttribute("data-status", "failed");
    assertThat(visit.id("answer-problem"))
        .containsText("The provider refused this deployment's credentials.");
    assertThat(visit.id("answer-problem")).containsText("provider-auth");
  }

  private void theLlmIsGone(Visit visit) {
    promptLab.llm().close();
    visit.button("Try again").click();
    assertThat(visit.id("answer-problem")).containsText("retries-exhausted");
    assertThat(visit.id("answer-problem")).containsText("The job failed");
  }

  private void theDatabaseIsGone(Visit visit) {
    promptLab.stopPostgres();
    visit.send("Without a database.");
    assertThat(visit.id("answer-problem")).containsText("The database is not available");
    assertThat(visit.id("answer-problem")).containsText("It is not certain that");
    assertThat(visit.id("answer-problem").getByText(COUNTDOWN)).isDisabled();
    assertThat(visit.button("Try again")).isEnabled();
  }

  private void redisIsGone(Visit visit) {
    promptLab.redis().kill();
    visit.button("Send").click();
    assertThat(visit.id("answer-problem")).containsText("The rate limiter is not available");
    assertThat(visit.id("answer-problem")).containsText("refused rather than let through");
    assertThat(visit.button("Try again")).isEnabled();
    assertThat(visit.violations()).isEmpty();
  }

  private void promptLabIsGone(Visit visit) {
    promptLab.kill();
    visit.button("Try again").click();
    assertThat(visit.id("answer-problem")).containsText("PromptLab does not answer");
    assertThat(visit.id("answer-problem")).containsText("scripts/run-local");
    assertThat(visit.id("verdict")).containsText("no answer");
    visit.field("Requests at once").fill("3");
    visit.button("Send burst").click();
    assertThat(visit.id("burst-result")).containsText("PromptLab does not answer");
    assertThat(visit.violations()).isEmpty();
  }

  @Test
  void saysToWhichFieldARefusalBelongs_andWhereToGetAKey() {
    try (Visit visit = visit()) {
      assertThat(visit.id("provider").locator("option")).hasText("Anthropic");
      // As in a page that was opened while there was another one.
      visit.id("provider").evaluate("it => it.add(new Option('Bedrock', 'bedrock'))");
      visit.id("provider").selectOption("bedrock");
      visit.send("To whom?");
      assertThat(visit.id("provider-error")).hasText("Choose one of anthropic");
      assertThat(visit.id("provider")).isFocused();
      assertThat(visit.id("answer-problem")).containsText("This deployment does not offer");
      visit.id("provider").selectOption("anthropic");
      assertThat(visit.id("provider-error")).isHidden();

      visit.useKey(KeySecret.generate().reveal());
      assertThat(visit.id("caller")).containsText("No valid key");
      assertThat(visit.id("key")).isFocused();
      assertThat(visit.id("key")).hasValue("");

      visit.id("cache").selectOption("only-if-cached");
      visit.send("Nobody has asked this.");
      assertThat(visit.id("answer-problem")).containsText("Not in the cache");
      assertThat(visit.violations()).isEmpty();

      promptLab.redis().kill();
      visit.page().reload();
      assertThat(visit.id("templates-problem")).containsText("The rate limiter is not available");
      assertThat(visit.id("template")).containsText("none to choose from");
      promptLab.redis().restart();
      visit.button("Try again").click();
      assertThat(visit.id("template")).containsText("Plain");
      assertThat(visit.id("templates-problem")).isEmpty();
    }
  }
}
