package dev.promptlab.templates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.testing.SettableClock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TemplateCatalogTest {
  private final SettableClock clock = new SettableClock();
  private final CountingStore store = new CountingStore();
  private final TemplateCatalog catalog = new TemplateCatalog(store, clock);

  private static final class CountingStore implements TemplateStore {
    private int reads;
    private Optional<PromptTemplate> template =
        Optional.of(PromptTemplateTest.template("{{input}}", Optional.empty()));

    @Override
    public Optional<PromptTemplate> current(String templateId) {
      reads++;
      return template;
    }

    @Override
    public Optional<PromptTemplate> version(String templateId, int version) {
      reads++;
      return template;
    }
  }

  @Test
  void asksTheStoreAgain_whenTheCopyIs60SecondsOld() {
    catalog.current("t1");
    clock.advance(Duration.ofMillis(59_999));
    catalog.current("t1");
    assertThat(store.reads).isEqualTo(1);
    clock.advance(Duration.ofMillis(1));
    catalog.current("t1");
    assertThat(store.reads).isEqualTo(2);
  }

  @Test
  void keepsAVersionForGood() {
    catalog.version("t1", 1);
    clock.advance(Duration.ofDays(1));
    catalog.version("t1", 1);
    assertThat(store.reads).isEqualTo(1);
  }

  @Test
  void findsANewTemplateAtOnce_whenItWasAskedForBefore() {
    Optional<PromptTemplate> later = store.template;
    store.template = Optional.empty();
    assertThat(catalog.current("t1")).isEmpty();
    store.template = later;
    assertThat(catalog.current("t1")).isPresent();
  }
}
