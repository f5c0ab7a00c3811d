package dev.promptlab.local.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The Chromium of this machine, without a window. To be used by one thread. */
final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private static final double PATIENCE_MS = 30_000;

  static {
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
  }

  private final Playwright playwright =
      Playwright.create(
          new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
  private final Browser browser =
      playwright
          .chromium()
          .launch(
              new BrowserType.LaunchOptions()
                  .setExecutablePath(program())
                  // Its sandbox does not work as root, as which containers run; the page is our
                  // own.
                  .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage")));

  private static Path program() {
    return Optional.ofNullable(System.getenv("CHROMIUM"))
        .filter(path -> !path.isBlank())
        .map(Path::of)
        .or(
            () ->
                NAMES.stream()
                    .flatMap(
                        name ->
                            Arrays.stream(
                                    Optional.ofNullable(System.getenv("PATH"))
                                        .orElse("")
                                        .split(":", -1))
                                .map(folder -> Path.of(folder, name)))
                    .filter(Files::isExecutable)
                    .findFirst())
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no Chromium on PATH: install the package chromium, or set CHROMIUM"));
  }

  Browser browser() {
    return browser;
  }

  @Override
  public void close() {
    Stream.<AutoCloseable>of(browser, playwright)
        .forEach(
            part -> {
              try {
                part.close();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
  }
}
