package dev.promptlab.local.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What somebody sees who tries PromptLab for the first time. */
@Tag("browser")
class StoryIT {
  /** Short, so that the limit is seen to refill; long enough for a burst on a slow machine. */
  private static final Duration WINDOW = Duration.ofSeconds(10);

  private static final int LIMIT = RunLocalForBrowser.ANONYMOUS_LIMIT;

  private static final RunLocalForBrowser promptLab = RunLocalForBrowser.start(WINDOW);
  private static final Chromium chromium = new Chromium();

  @AfterAll
  static void stop() {
    chromium.close();
    promptLab.close();
  }

  private static Visit visit() {
    return Visit.to(promptLab.url(), chromium.browser());
  }

  @Test
  void showsAMiss_itsJobsLife_aHit_theLimit_itsRefilling_andTheNumbers() {
    try (Visit visit = visit()) {
      assertThat(visit.id("answer-empty")).isVisible();
      assertThat(visit.id("left")).hasText("–");

      visit.send(RunLocalForBrowser.HELD);
      assertThat(visit.id("verdict")).containsText("MISS");
      assertThat(visit.id("life").locator("[aria-current=step]")).containsText("Processing");
      assertThat(visit.id("announcement")).hasText("Processing.");
      promptLab.releaseAnswer();
      assertThat(visit.id("life")).hasAttribute("data-status", "completed");
      assertThat(visit.id("life").locator("li"))
          .hasText(
              new Pattern[] {
                Pattern.compile("Limitadmitted"),
                Pattern.compile("Cachemiss"),
                Pattern.compile("Queued[0-9.]+ m?s"),
                Pattern.compile("Processing[0-9.]+ m?s"),
                Pattern.compile("Completed[0-9.]+ m?s in all"),
              });
      assertThat(visit.id("output")).containsText("The answer to “please wait”");
      assertThat(visit.id("facts")).containsText(Pattern.compile("[0-9]+ in, [0-9]+ out"));
      assertThat(visit.id("facts")).containsText(Pattern.compile("Cost\\$0\\.0000[0-9]+"));
      assertThat(visit.id("left")).hasText(Integer.toString(LIMIT - 1));
      assertThat(visit.id("meter")).hasAttribute("aria-valuenow", Integer.toString(LIMIT - 1));

      visit.button("Send").click();
      assertThat(visit.id("verdict")).containsText("HIT");
      assertThat(visit.id("explanation")).containsText("no model was asked");
      assertThat(visit.id("announcement")).containsText("Completed, from the cache");
      assertThat(visit.id("facts")).containsText("saved");
      assertThat(visit.id("factor")).hasText(Pattern.compile("[0-9.]+ ×"));
      assertThat(visit.id("factor-unit")).hasText("faster from the cache");

      burst(visit);
      visit.button("Send").click();
      assertThat(visit.id("answer-problem")).containsText("Too many requests");
      assertThat(visit.button("Try again")).isEnabled();

      assertThat(visit.id("left"))
          .hasText(
              Integer.toString(LIMIT),
              new LocatorAssertions.HasTextOptions().setTimeout(2.0 * WINDOW.toMillis()));
      visit.button("Try again").click();
      assertThat(visit.id("verdict")).containsText("HIT");
      assertThat(visit.id("answer-problem")).isEmpty();
      assertThat(visit.id("left")).hasText(Integer.toString(LIMIT - 1));
    }
  }

  private static void burst(Visit visit) {
    assertThat(visit.field("Requests at once")).hasValue(Integer.toString(LIMIT + 20));
    visit.button("Send burst").click();
    assertThat(visit.id("burst-result")).containsText("At most %d requests".formatted(LIMIT));
    assertThat(visit.id("burst-dots").locator("span")).hasCount(LIMIT + 20);
    int denied = number(visit.id("burst-bars").locator("[data-kind=denied] .value"));
    int admitted = number(visit.id("burst-bars").locator("[data-kind=hit] .value"));
    assertThat(admitted).isBetween(LIMIT - 2, LIMIT);
    assertThat(denied).isEqualTo(LIMIT + 20 - admitted);
    assertThat(visit.id("chart-requests")).containsText("%d refused".formatted(denied));
    assertThat(visit.id("chart-ratio")).containsText("of %d answered".formatted(admitted + 2));
    assertThat(visit.id("chart-latency").locator(".dot.miss")).hasCount(1);
    assertThat(visit.id("chart-latency").locator(".dot.hit")).hasCount(admitted + 1);
    assertThat(visit.id("chart-saved")).containsText("$0.00");
    assertThat(visit.id("chart-saved").locator("svg"))
        .hasAttribute("aria-label", Pattern.compile("Saved by the cache: \\$0\\..*"));
    assertThat(visit.id("numbers-source")).containsText("what this tab has seen");
  }

  private static int number(Locator of) {
    return Integer.parseInt(of.textContent());
  }

  @Test
  void joinsTwoWhoAskTheSame() {
    try (Visit one = visit();
        Visit other = visit()) {
      one.send(RunLocalForBrowser.HELD + " both of you");
      assertThat(one.id("verdict")).containsText("MISS");
      other.send(RunLocalForBrowser.HELD + " both of you");
      assertThat(other.id("verdict")).containsText("COALESCED");
      promptLab.releaseAnswer();
      assertThat(one.id("output")).containsText("both of you");
      assertThat(other.id("output")).containsText("both of you");
    }
  }

  @Test
  void showsAnAdminTheNumbersOfAll_andLetsTemplatesBeChanged() {
    try (Visit visit = visit()) {
      visit.id("template").selectOption("summarise");
      visit.send("A text.");
      assertThat(visit.id("life")).hasAttribute("data-status", "completed");
      assertThat(visit.button("Edit template")).isHidden();

      visit.useKey(promptLab.adminKey());
      assertThat(visit.id("caller")).containsText("enterprise · admin’s key");
      assertThat(visit.id("numbers-source")).containsText("of all callers, from GET /metrics");
      assertThat(visit.id("chart-requests")).containsText("admitted");
      assertThat(visit.id("left")).hasText("–");

      visit.button("Edit template").click();
      Locator content = visit.field("Prompt, with {{placeholders}}");
      content.fill("");
      visit.button("Save").click();
      assertThat(content).isFocused();
      assertThat(visit.id("editor-content-error")).containsText("must be a string of 1 to 32768");
      content.fill("In {{language}}, as short as can be: {{input}}");
      visit.button("Save").click();
      assertThat(visit.id("editor")).isHidden();
      assertThat(visit.id("announcement")).containsText("Version 2 of Summarise a text");

      visit.field("Language").fill("Latin");
      assertThat(visit.id("prompt-text")).containsText("In Latin, as short as can be: A text.");
      visit.button("Send").click();
      assertThat(visit.id("facts")).containsText("Version2");
      assertThat(visit.id("output")).containsText("In Latin, as short as can be");

      visit.button("New template").click();
      visit.field("Id").fill("summarise");
      visit.field("Name").fill("Taken");
      content.fill("{{input}}");
      visit.button("Save").click();
      assertThat(visit.id("editor-problem")).containsText("Another version is in force");
      visit.page().keyboard().press("Escape");
      assertThat(visit.id("editor")).isHidden();
    }
  }

  @Test
  void copiesTheCurlLine_withTheKeyLeftToTheShell() {
    try (Visit visit = visit()) {
      visit.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
      visit.useKey(promptLab.adminKey());
      assertThat(visit.id("caller")).containsText("admin");
      visit.id("cache").selectOption("no-cache");
      visit.send("It's \"quoted\"");
      visit.button("Copy").click();
      assertThat(visit.button("Copied")).isVisible();
      assertThat((String) visit.page().evaluate("navigator.clipboard.readText()"))
          .isEqualTo(
              """
              curl -i '%s/generate' \\
                -H "X-Api-Key: $PROMPTLAB_KEY" \\
                -H 'Content-Type: application/json' \\
                -H 'Cache-Control: no-cache' \\
                -d '{"templateId":"cmjlfawzg0000pq6xyq5r78ws","provider":"anthropic","input":"It'\\''s \\"quoted\\""}'"""
                  .formatted(promptLab.url()));
      assertThat(visit.id("verdict")).containsText("BYPASS");
      assertThat(visit.id("life")).hasAttribute("data-status", "completed");
    }
  }

  @Test
  void keepsAKeyInTheMemoryOfTheTab_andNowhereElse() {
    String key = promptLab.adminKey();
    try (Visit visit = visit()) {
      visit.useKey(key);
      assertThat(visit.id("caller")).containsText("admin");
      visit.send("With a key.");
      assertThat(visit.id("life")).hasAttribute("data-status", "completed");

      assertThat(visit.requests()).noneMatch(url -> url.contains(key));
      assertThat(visit.page().url()).isEqualTo(promptLab.url() + "/");
      assertThat(visit.page().content()).doesNotContain(key);
      assertThat(visit.context().cookies()).isEmpty();
      assertThat(
              (String)
                  visit
                      .page()
                      .evaluate(
                          """
                          indexedDB.databases().then((databases) => caches.keys().then((kept) => JSON.stringify([
                            localStorage.length, sessionStorage.length, databases.length, kept.length, history.state,
                            [...document.querySelectorAll('input, textarea')].filter((it) => it.value.includes('pl_')).length,
                          ])))
                          """))
          .isEqualTo("[0,0,0,0,null,0]");

      visit.page().reload();
      assertThat(visit.id("caller")).containsText("No key");
      visit.useKey(key);
      assertThat(visit.id("caller")).containsText("admin");
      visit.button("Forget key").click();
      assertThat(visit.id("caller")).containsText("No key");
      assertThat(visit.button("Edit template")).isHidden();
    }
  }

  @Test
  void canBeUsedWithTheKeyboardAlone() {
    try (Visit visit = visit()) {
      assertThat(visit.id("template")).containsText("Plain");
      Page page = visit.page();
      page.keyboard().press("Tab");
      assertThat(page.getByText("Skip to the request")).isFocused();
      page.keyboard().press("Enter");
      page.keyboard().press("Tab");
      assertThat(visit.id("template")).isFocused();
      page.keyboard().press("ArrowDown");
      page.keyboard().press("Tab");
      page.keyboard().press("Tab");
      assertThat(visit.id("variables").locator("textarea").first()).isFocused();
      assertThat((String) page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
          .isEqualTo("solid");
      page.keyboard().press("Control+A");
      page.keyboard().type("By keyboard.");
      page.keyboard().press("Control+Enter");
      assertThat(visit.id("life")).hasAttribute("data-status", "completed");
      tabTo(page, "burst");
      page.keyboard().press("Enter");
      assertThat(visit.id("burst-result")).containsText("admitted");
    }
  }

  /** Goes on with the Tab key, and sees that the focus shows wherever it comes. */
  private static void tabTo(Page page, String id) {
    for (int i = 0; i < 30; i++) {
      page.keyboard().press("Tab");
      assertThat((String) page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
          .as("outline of %s", page.evaluate("document.activeElement.id"))
          .isEqualTo("solid");
      if (id.equals(page.evaluate("document.activeElement.id"))) {
        return;
      }
    }
    throw new AssertionError(id + " is not among what Tab comes to");
  }
}
