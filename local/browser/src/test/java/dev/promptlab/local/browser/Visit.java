package dev.promptlab.local.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Somebody with a browser and an address of his own who has opened the page. What must not happen
 * to anybody is looked for meanwhile, and told when the visit is closed.
 */
final class Visit implements AutoCloseable {
  private static final AtomicInteger ADDRESSES = new AtomicInteger();
  private static final double PATIENCE_MS = 30_000;

  /** Chromium's own word for an answer with status 4xx or 5xx, or for none. */
  private static final String REFUSED = "Failed to load resource: ";

  private final String url;
  private final BrowserContext context;
  private final Page page;
  private final List<String> wrong = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();
  private boolean networkChanged;

  private Visit(String url, Browser browser, Browser.NewContextOptions options) {
    this.url = url;
    context =
        browser.newContext(
            options.setExtraHTTPHeaders(
                Map.of("X-Forwarded-For", "198.51.100." + ADDRESSES.incrementAndGet())));
    context.setDefaultTimeout(PATIENCE_MS);
    context.addInitScript(
        "addEventListener('securitypolicyviolation',"
            + " (event) => console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI))");
    context.onRequest(request -> requests.add(request.url()));
    context.onRequestFailed(
        request -> networkChanged |= request.failure().contains("ERR_NETWORK_CHANGED"));
    page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (List.of("error", "warning").contains(message.type())
              && !message.text().startsWith(REFUSED)) {
            wrong.add(message.text());
          }
        });
    page.onPageError(wrong::add);
    open();
  }

  /**
   * Opens the page; again, if Chromium has dropped some of it as an address of this machine came or
   * went, which containers of others do.
   */
  private void open() {
    do {
      networkChanged = false;
      page.navigate(url + "/");
    } while (networkChanged);
  }

  static Visit to(String url, Browser browser) {
    return new Visit(url, browser, new Browser.NewContextOptions());
  }

  /** On a screen of that width in CSS pixels, in a light or a dark world. */
  static Visit to(String url, Browser browser, int width, ColorScheme scheme) {
    return new Visit(
        url,
        browser,
        new Browser.NewContextOptions().setViewportSize(width, 900).setColorScheme(scheme));
  }

  Page page() {
    return page;
  }

  BrowserContext context() {
    return context;
  }

  Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  Locator field(String label) {
    return page.getByLabel(label, new Page.GetByLabelOptions().setExact(true));
  }

  Locator id(String id) {
    return page.locator("#" + id);
  }

  void send(String input) {
    field("Input").fill(input);
    button("Send").click();
  }

  void useKey(String key) {
    field("API key").fill(key);
    button("Use key").click();
  }

  /** What axe-core finds wrong with the page as it is now. */
  List<String> violations() {
    page.evaluate(axe());
    Object found =
        page.evaluate(
            """
            axe.run(document, {resultTypes: ['violations']}).then((results) => results.violations.flatMap(
              (rule) => rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`)))
            """);
    return ((List<?>) found).stream().map(String::valueOf).toList();
  }

  private static String axe() {
    try (InputStream script = Visit.class.getResourceAsStream("/axe.min.js")) {
      return new String(
          Objects.requireNonNull(script, "axe.min.js").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Addresses of all requests so far, in order. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    context.close();
    assertThat(wrong).as("what the browser complained of").isEmpty();
    assertThat(requests).as("requests").isNotEmpty().allMatch(it -> it.startsWith(url + "/"));
  }
}
