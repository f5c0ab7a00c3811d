package dev.promptlab.templates.rdsdata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.generation.GenerationInput;
import dev.promptlab.json.StrictJson;
import dev.promptlab.paging.Page;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.ModelParameters;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.TemplateDefinition;
import dev.promptlab.templates.TemplateStore;
import dev.promptlab.templates.TemplateStore.Expected;
import dev.promptlab.templates.TemplateStoreContract;
import dev.promptlab.testing.LocalDatabase;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class RdsDataTemplateStoreIT extends TemplateStoreContract {
  private static LocalDatabase database;
  private static RdsDataTemplateStore store;

  @BeforeAll
  static void start() {
    database = new LocalDatabase();
    store = new RdsDataTemplateStore(database.dataApi());
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Override
  protected TemplateStore store() {
    return store;
  }

  @Test
  void hasTheTemplateOfTheFirstExample() {
    PromptTemplate template = store.current("cmjlfawzg0000pq6xyq5r78ws").orElseThrow();
    assertThat(template.version()).isEqualTo(1);
    assertThat(template.definition().cacheScope()).isEqualTo(CacheScope.SHARED);
    assertThat(template.render(GenerationInput.text("test")).prompt()).isEqualTo("test");
  }

  @Test
  void hasUsefulTemplates() {
    assertThat(store.current("summarise").orElseThrow().definition().variables())
        .containsExactly("input");
    assertThat(store.current("classify").orElseThrow().definition().variables())
        .containsExactly("labels", "text");
    PromptTemplate translate = store.current("translate").orElseThrow();
    assertThat(translate.definition().parameters().temperature()).contains(0.0);
    assertThat(
            translate
                .render(
                    GenerationInput.of(
                        StrictJson.parse(
                            "{\"from\":\"French\",\"to\":\"English\",\"text\":\"Bonjour\"}")))
                .prompt())
        .isEqualTo(
            "Translate the following text from French to English. Answer with the translation only.\n\nBonjour");
  }

  @Test
  void listsFewerTemplates_whereTheyAreLong() {
    for (int i = 0; i < 14; i++) {
      store.put(
          "long-" + (char) ('a' + i),
          new TemplateDefinition(
              "Long",
              "\"".repeat(32 * 1024),
              Optional.of("x".repeat(16 * 1024)),
              Map.of(),
              new ModelParameters(Optional.empty(), Optional.empty()),
              Optional.empty(),
              CacheScope.ACCOUNT,
              List.of()),
          new Expected.Anything());
    }
    Page<PromptTemplate> page = store.list(Optional.of("long-"), 100);
    assertThat(page.items()).hasSizeBetween(1, 13);
    assertThat(page.more()).isTrue();
  }
}
