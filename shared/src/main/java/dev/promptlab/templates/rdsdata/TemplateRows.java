package dev.promptlab.templates.rdsdata;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.promptlab.generation.Provider;
import dev.promptlab.json.StrictJson;
import dev.promptlab.rdsdata.Row;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.ModelParameters;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.TemplateDefinition;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How a template's version stands in its row. */
final class TemplateRows {
  static final String SELECT =
      """
      select v.template_id, v.version, v.name, v.content, v.system, v.models::text as models,
        v.parameters::text as parameters, v.cache_ttl_seconds, v.cache_scope, v.fallbacks::text as fallbacks,
        epoch_millis(v.updated_at) as updated_ms
      from template_version v
      """;

  private record FallbackJson(String provider, String model) {}

  private TemplateRows() {}

  static PromptTemplate template(Row row) {
    return new PromptTemplate(
        row.text("template_id"),
        row.integer("version"),
        new TemplateDefinition(
            row.text("name"),
            row.text("content"),
            row.optionalText("system"),
            models(row.text("models")),
            read(row.text("parameters"), new TypeReference<ModelParameters>() {}),
            row.optionalInteger("cache_ttl_seconds").map(seconds -> Duration.ofSeconds(seconds)),
            CacheScope.valueOf(row.text("cache_scope").toUpperCase(Locale.ROOT)),
            read(row.text("fallbacks"), new TypeReference<List<FallbackJson>>() {}).stream()
                .map(
                    json ->
                        new TemplateDefinition.Fallback(provider(json.provider()), json.model()))
                .toList()),
        row.millis("updated_ms"));
  }

  static String modelsJson(TemplateDefinition definition) {
    return write(
        definition.models().entrySet().stream()
            .collect(Collectors.toMap(model -> model.getKey().wireName(), Map.Entry::getValue)));
  }

  static String parametersJson(TemplateDefinition definition) {
    return write(definition.parameters());
  }

  static String fallbacksJson(TemplateDefinition definition) {
    return write(
        definition.fallbacks().stream()
            .map(fallback -> new FallbackJson(fallback.provider().wireName(), fallback.model()))
            .toList());
  }

  static String scope(TemplateDefinition definition) {
    return definition.cacheScope().name().toLowerCase(Locale.ROOT);
  }

  private static Map<Provider, String> models(String json) {
    Map<Provider, String> models = new EnumMap<>(Provider.class);
    read(json, new TypeReference<Map<String, String>>() {})
        .forEach((name, model) -> models.put(provider(name), model));
    return models;
  }

  private static Provider provider(String wireName) {
    return Provider.named(wireName)
        .orElseThrow(() -> new IllegalStateException("provider " + wireName));
  }

  private static <T> T read(String json, TypeReference<T> type) {
    try {
      return StrictJson.mapper().readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String write(Object value) {
    try {
      return StrictJson.mapper().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
