package dev.promptlab.templates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.testing.SettableClock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TemplateVersionsTest {
  private final InMemoryTemplateStore store = new InMemoryTemplateStore(new SettableClock());
  private final TemplateVersions versions = new TemplateVersions(store);

  @Test
  void asksTheStoreOnce_andOnlyForWhatIsThere() {
    assertThat(versions.find("t1", 1)).isEmpty();
    store.put(
        "t1",
        PromptTemplateTest.definition("{{input}}", Optional.empty()),
        new TemplateStore.Expected.Anything());
    assertThat(versions.find("t1", 1)).isPresent();
    int reads = store.reads();
    assertThat(versions.find("t1", 1)).isPresent();
    assertThat(store.reads()).isEqualTo(reads);
  }
}
