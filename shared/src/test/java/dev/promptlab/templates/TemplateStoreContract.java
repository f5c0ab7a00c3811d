package dev.promptlab.templates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.generation.Provider;
import dev.promptlab.paging.Page;
import dev.promptlab.templates.TemplateStore.Expected;
import dev.promptlab.templates.TemplateStore.PutOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every template store does. */
public abstract class TemplateStoreContract {
  private static final Expected ANYTHING = new Expected.Anything();

  private final String id = "test-" + UUID.randomUUID();

  protected abstract TemplateStore store();

  private static TemplateDefinition definition(String content) {
    return new TemplateDefinition(
        "A name",
        content,
        Optional.of("Be brief."),
        Map.of(Provider.OPENAI, "gpt-x", Provider.BEDROCK, "b"),
        new ModelParameters(Optional.of(7), Optional.of(0.5)),
        Optional.of(Duration.ofSeconds(90)),
        CacheScope.SHARED,
        List.of(new TemplateDefinition.Fallback(Provider.ANTHROPIC, "claude-x")));
  }

  private PromptTemplate written(String content, Expected expected) {
    return ((PutOutcome.Written) store().put(id, definition(content), expected)).template().value();
  }

  @Test
  void keepsEachVersion() {
    PromptTemplate first = written("one", ANYTHING);
    PromptTemplate second = written("two", ANYTHING);
    assertThat(first.version()).isEqualTo(1);
    assertThat(second.version()).isEqualTo(2);
    assertThat(second.definition()).isEqualTo(definition("two"));
    assertThat(store().current(id)).contains(second);
    assertThat(store().version(id, 1)).contains(first);
    assertThat(store().version(id, 2)).contains(second);
    assertThat(store().version(id, 3)).isEmpty();
  }

  @Test
  void tellsACreationFromAReplacement() {
    assertThat(store().put(id, definition("one"), ANYTHING))
        .isInstanceOfSatisfying(PutOutcome.Written.class, it -> assertThat(it.created()).isTrue());
    assertThat(store().put(id, definition("two"), ANYTHING))
        .isInstanceOfSatisfying(PutOutcome.Written.class, it -> assertThat(it.created()).isFalse());
  }

  @Test
  void findsNothing_whenThereIsNoSuchTemplate() {
    assertThat(store().current(id)).isEmpty();
    assertThat(store().version(id, 1)).isEmpty();
  }

  @Test
  void makesNoFurtherVersion_whenNothingWouldChange() {
    written("one", ANYTHING);
    assertThat(written("one", ANYTHING).version()).isEqualTo(1);
    assertThat(written("one", new Expected.Nothing()).version()).as("a repeat").isEqualTo(1);
    written("two", new Expected.Version(1));
    assertThat(written("two", new Expected.Version(1)).version()).as("a repeat").isEqualTo(2);
    assertThat(written("one", ANYTHING).version()).isEqualTo(3);
  }

  @Test
  void writesNothing_whenSomethingElseIsInForce() {
    assertThat(store().put(id, definition("one"), new Expected.Version(1)))
        .isEqualTo(new PutOutcome.Unexpected(0));
    assertThat(store().put(id, definition("one"), new Expected.AnyVersion()))
        .isEqualTo(new PutOutcome.Unexpected(0));
    written("one", new Expected.Nothing());
    written("two", new Expected.AnyVersion());
    assertThat(store().put(id, definition("three"), new Expected.Nothing()))
        .isEqualTo(new PutOutcome.Unexpected(2));
    assertThat(store().put(id, definition("three"), new Expected.Version(1)))
        .isEqualTo(new PutOutcome.Unexpected(2));
    assertThat(written("three", new Expected.Version(2)).version()).isEqualTo(3);
  }

  @Test
  void losesNoUpdate_whenManyReplaceTheSameVersionAtOnce() throws Exception {
    written("start", ANYTHING);
    List<Callable<PutOutcome>> writers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String content = "writer " + i;
      writers.add(() -> store().put(id, definition(content), new Expected.Version(1)));
    }
    List<PutOutcome> outcomes = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<PutOutcome> outcome : threads.invokeAll(writers)) {
        outcomes.add(outcome.get());
      }
    }
    assertThat(outcomes).filteredOn(PutOutcome.Written.class::isInstance).hasSize(1);
    assertThat(store().current(id).orElseThrow().version()).isEqualTo(2);
  }

  @Test
  void createsOnce_whenManyCreateAtOnce() throws Exception {
    List<Callable<PutOutcome>> writers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String content = "writer " + i;
      writers.add(() -> store().put(id, definition(content), new Expected.Nothing()));
    }
    List<PutOutcome> outcomes = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<PutOutcome> outcome : threads.invokeAll(writers)) {
        outcomes.add(outcome.get());
      }
    }
    assertThat(outcomes).filteredOn(PutOutcome.Written.class::isInstance).hasSize(1);
    assertThat(store().current(id).orElseThrow().version()).isEqualTo(1);
  }

  @Test
  void listsPageByPage() {
    written("one", ANYTHING);
    written("two", ANYTHING);
    List<PromptTemplate> all = new ArrayList<>();
    Optional<String> after = Optional.empty();
    boolean more = true;
    while (more) {
      Page<PromptTemplate> page = store().list(after, 2);
      assertThat(page.items()).hasSizeLessThanOrEqualTo(2);
      all.addAll(page.items());
      after = Optional.of(page.items().getLast().templateId());
      more = page.more();
    }
    assertThat(all).extracting(PromptTemplate::templateId).doesNotHaveDuplicates();
    assertThat(all)
        .filteredOn(template -> template.templateId().equals(id))
        .singleElement()
        .satisfies(template -> assertThat(template.version()).isEqualTo(2));
    assertThat(store().list(Optional.of("~"), 2).items()).isEmpty();
  }
}
