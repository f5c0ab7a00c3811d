package dev.promptlab.local.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the page looks, and whether everybody can use it: on three screens, light and dark. */
@Tag("browser")
class ScreenshotsIT {
  private static final Path FOLDER =
      Path.of(System.getProperty("promptlab.screenshots", "target/screenshots"));

  private static final RunLocalForBrowser promptLab =
      RunLocalForBrowser.start(Duration.ofMinutes(1));
  private static final Chromium chromium = new Chromium();

  @AfterAll
  static void stop() {
    chromium.close();
    promptLab.close();
  }

  @ParameterizedTest
  @CsvSource({
    "390, LIGHT",
    "390, DARK",
    "820, LIGHT",
    "820, DARK",
    "1440, LIGHT",
    "1440, DARK",
  })
  void fitsTheScreen_andHasNoBarriers_inEachOfItsStates(int width, ColorScheme scheme) {
    try (Visit visit = Visit.to(promptLab.url(), chromium.browser(), width, scheme)) {
      String of = "%d-%s".formatted(width, scheme.name().toLowerCase(Locale.ROOT));
      assertThat(visit.id("template")).containsText("Plain");
      check(visit, "empty-" + of);

      visit.id("template").selectOption("translate");
      visit.field("Text").fill(RunLocalForBrowser.HELD + ", " + of);
      visit.button("Send").click();
      assertThat(visit.id("life").locator("[aria-current=step]")).containsText("Processing");
      check(visit, "running-" + of);
      promptLab.releaseAnswer();
      assertThat(visit.id("life")).hasAttribute("data-status", "completed");
      assertThat(visit.id("miss-time")).not().hasText("–");
      visit.button("Send").click();
      assertThat(visit.id("verdict")).containsText("HIT");
      visit.field("Requests at once").fill("40");
      visit.button("Send burst").click();
      assertThat(visit.id("burst-result")).containsText("refused, in");
      assertThat(visit.id("chart-requests")).containsText("27 refused");
      check(visit, "story-" + of);

      visit.button("Send").click();
      assertThat(visit.id("answer-problem")).containsText("Too many requests");
      check(visit, "limit-" + of);

      visit.useKey(promptLab.adminKey());
      assertThat(visit.id("caller")).containsText("admin");
      visit.button("Edit template").click();
      assertThat(visit.id("editor")).isVisible();
      check(visit, "editor-" + of);
    }
  }

  private static void check(Visit visit, String name) {
    visit
        .page()
        .screenshot(
            new Page.ScreenshotOptions()
                .setPath(FOLDER.resolve(name + ".png"))
                .setFullPage(!name.startsWith("editor")));
    assertThat(
            (Boolean)
                visit
                    .page()
                    .evaluate(
                        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
        .as("no scrolling sideways: %s", name)
        .isTrue();
    assertThat(visit.violations()).as(name).isEmpty();
  }
}
