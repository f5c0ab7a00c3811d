package dev.promptlab.templates.rdsdata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.json.StrictJson;
import dev.promptlab.rdsdata.Statement;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.testing.LocalDatabase;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class RdsDataTemplateStoreIT {
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

  @Test
  void hasTheTemplateOfTheFirstExample() {
    PromptTemplate template = store.current("cmjlfawzg0000pq6xyq5r78ws").orElseThrow();
    assertThat(template.version()).isEqualTo(1);
    assertThat(template.cacheScope()).isEqualTo(CacheScope.SHARED);
    assertThat(template.render(GenerationInput.text("test")).prompt()).isEqualTo("test");
  }

  @Test
  void hasUsefulTemplates() {
    assertThat(store.current("summarise").orElseThrow().variables()).containsExactly("input");
    assertThat(store.current("classify").orElseThrow().variables())
        .containsExactly("labels", "text");
    PromptTemplate translate = store.current("translate").orElseThrow();
    assertThat(translate.parameters().temperature()).contains(0.0);
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
  void findsNothing_whenThereIsNoSuchTemplate() {
    assertThat(store.current("nope")).isEmpty();
    assertThat(store.version("summarise", 2)).isEmpty();
  }

  @Test
  void readsTheVersionInForce_andAnyOther() {
    database
        .dataApi()
        .query(
            Statement.of("insert into template (template_id, current_version) values ('two', 2)"));
    for (String version : new String[] {"1", "2"}) {
      database
          .dataApi()
          .query(
              Statement.of(
                      "insert into template_version (template_id, version, name, content, models, cache_ttl_seconds)"
                          + " values ('two', :version::integer, 'Two', :content, '{\"openai\": \"gpt-x\"}', 90)")
                  .text("version", version)
                  .text("content", "version " + version));
    }
    assertThat(store.current("two").orElseThrow().content()).isEqualTo("version 2");
    PromptTemplate first = store.version("two", 1).orElseThrow();
    assertThat(first.content()).isEqualTo("version 1");
    assertThat(first.models()).isEqualTo(Map.of(Provider.OPENAI, "gpt-x"));
    assertThat(first.cacheTtl()).contains(Duration.ofSeconds(90));
    assertThat(first.system()).isEqualTo(Optional.empty());
  }
}
