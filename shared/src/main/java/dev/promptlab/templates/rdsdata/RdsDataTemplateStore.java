package dev.promptlab.templates.rdsdata;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.promptlab.generation.Provider;
import dev.promptlab.json.StrictJson;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.rdsdata.DatabaseUnavailableException;
import dev.promptlab.rdsdata.Row;
import dev.promptlab.rdsdata.Statement;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.ModelParameters;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.TemplateStore;
import dev.promptlab.templates.TemplateStoreUnavailableException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Templates in PostgreSQL. Thread-safe. */
public final class RdsDataTemplateStore implements TemplateStore {
  private static final String SELECT =
      """
      select template_id, version, name, content, system, models::text as models, parameters::text as parameters,
        cache_ttl_seconds, cache_scope
      from template_version
      where template_id = :id and version =\s""";

  private final DataApi database;

  public RdsDataTemplateStore(DataApi database) {
    this.database = database;
  }

  @Override
  public Optional<PromptTemplate> current(String templateId) {
    return read(
        Statement.of(SELECT + "(select current_version from template where template_id = :id)")
            .text("id", templateId));
  }

  @Override
  public Optional<PromptTemplate> version(String templateId, int version) {
    return read(
        Statement.of(SELECT + ":version").text("id", templateId).number("version", version));
  }

  private Optional<PromptTemplate> read(Statement statement) {
    try {
      return database.queryOne(statement).map(RdsDataTemplateStore::template);
    } catch (DatabaseUnavailableException e) {
      throw new TemplateStoreUnavailableException(e);
    }
  }

  private static PromptTemplate template(Row row) {
    return new PromptTemplate(
        row.text("template_id"),
        row.integer("version"),
        row.text("name"),
        row.text("content"),
        row.optionalText("system"),
        models(row.text("models")),
        parameters(row.text("parameters")),
        row.optionalInteger("cache_ttl_seconds").map(seconds -> Duration.ofSeconds(seconds)),
        CacheScope.valueOf(row.text("cache_scope").toUpperCase(Locale.ROOT)));
  }

  private static Map<Provider, String> models(String json) {
    Map<Provider, String> models = new EnumMap<>(Provider.class);
    try {
      StrictJson.mapper()
          .readValue(json, new TypeReference<Map<String, String>>() {})
          .forEach(
              (name, model) ->
                  Provider.named(name).ifPresent(provider -> models.put(provider, model)));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
    return models;
  }

  private static ModelParameters parameters(String json) {
    try {
      return StrictJson.mapper().readValue(json, ModelParameters.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
