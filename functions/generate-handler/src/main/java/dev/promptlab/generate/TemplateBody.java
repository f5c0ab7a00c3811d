package dev.promptlab.generate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.JsonBody;
import dev.promptlab.generation.Provider;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.ModelParameters;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.TemplateDefinition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A template as callers see it, and as admins write it. */
record TemplateBody(
    String templateId,
    int version,
    String name,
    String content,
    Optional<String> system,
    Map<String, String> models,
    ModelParameters parameters,
    Optional<Long> cacheTtlSeconds,
    String cacheScope,
    List<FallbackBody> fallbacks,
    Instant updatedAt) {
  private static final int MAX_BODY_BYTES = 512 * 1024;
  private static final int MAX_CONTENT_BYTES = 32 * 1024;
  private static final int MAX_SYSTEM_BYTES = 16 * 1024;
  private static final int MAX_NAME = 200;
  private static final int MAX_MODEL = 200;
  private static final int MAX_FALLBACKS = 5;

  record FallbackBody(String provider, String model) {}

  static TemplateBody of(PromptTemplate template) {
    TemplateDefinition definition = template.definition();
    return new TemplateBody(
        template.templateId(),
        template.version(),
        definition.name(),
        definition.content(),
        definition.system(),
        definition.models().entrySet().stream()
            .collect(
                Collectors.toMap(
                    model -> model.getKey().wireName(),
                    Map.Entry::getValue,
                    (a, _) -> a,
                    TreeMap::new)),
        definition.parameters(),
        definition.cacheTtl().map(Duration::toSeconds),
        definition.cacheScope().name().toLowerCase(Locale.ROOT),
        definition.fallbacks().stream()
            .map(fallback -> new FallbackBody(fallback.provider().wireName(), fallback.model()))
            .toList(),
        template.updatedAt());
  }

  /**
   * The definition in a request's body. What only the server sets may be there, so that what was
   * read can be changed and written back; it counts for nothing.
   *
   * @throws dev.promptlab.generate.http.RefusedException 415, 413, or 400 with every unusable field
   */
  static TemplateDefinition definition(ApiRequest request, String templateId) {
    JsonBody body = JsonBody.of(request, MAX_BODY_BYTES);
    String name =
        body.required(
            "name", "must be a string of 1 to 200 characters", JsonBody.text(1, MAX_NAME));
    String content =
        body.required(
            "content", "must be a string of 1 to 32768 bytes of UTF-8", bytes(MAX_CONTENT_BYTES));
    Optional<String> system =
        body.optional(
            "system", "must be a string of 1 to 16384 bytes of UTF-8", bytes(MAX_SYSTEM_BYTES));
    Map<Provider, String> models = models(body);
    ModelParameters parameters = parameters(body);
    Optional<Duration> ttl =
        body.optional(
                "cacheTtlSeconds",
                "must be a whole number from 1 to " + TemplateDefinition.MAX_CACHE_TTL.toSeconds(),
                JsonBody.integer(1, Math.toIntExact(TemplateDefinition.MAX_CACHE_TTL.toSeconds())))
            .map(Duration::ofSeconds);
    CacheScope scope =
        body.optional("cacheScope", "must be account or shared", TemplateBody::scope)
            .orElse(CacheScope.ACCOUNT);
    List<TemplateDefinition.Fallback> fallbacks =
        body.objects("fallbacks", MAX_FALLBACKS).stream().map(TemplateBody::fallback).toList();
    body.optional(
        "templateId",
        "must be the one of the path",
        node -> Optional.ofNullable(node.textValue()).filter(templateId::equals));
    body.optional("version", "", Optional::of);
    body.optional("updatedAt", "", Optional::of);
    body.refuseOthers();
    body.requireUsable();
    return new TemplateDefinition(
        Objects.requireNonNull(name),
        Objects.requireNonNull(content),
        system,
        models,
        parameters,
        ttl,
        scope,
        fallbacks);
  }

  private static Function<JsonNode, Optional<String>> bytes(int most) {
    return node ->
        Optional.ofNullable(node.textValue())
            .filter(
                text ->
                    !text.isEmpty()
                        && text.length() <= most
                        && text.getBytes(StandardCharsets.UTF_8).length <= most);
  }

  private static Optional<CacheScope> scope(JsonNode node) {
    return switch (Objects.requireNonNullElse(node.textValue(), "")) {
      case "account" -> Optional.of(CacheScope.ACCOUNT);
      case "shared" -> Optional.of(CacheScope.SHARED);
      default -> Optional.empty();
    };
  }

  private static Map<Provider, String> models(JsonBody body) {
    Map<Provider, String> models = new EnumMap<>(Provider.class);
    JsonBody object = body.object("models");
    if (object != null) {
      for (Provider provider : Provider.values()) {
        object
            .optional(provider.wireName(), "must be a model's name", JsonBody.text(1, MAX_MODEL))
            .ifPresent(model -> models.put(provider, model));
      }
      object.refuseOthers();
    }
    return models;
  }

  private static ModelParameters parameters(JsonBody body) {
    JsonBody object = body.object("parameters");
    if (object == null) {
      return new ModelParameters(Optional.empty(), Optional.empty());
    }
    ModelParameters parameters =
        new ModelParameters(
            object.optional(
                "maxTokens",
                "must be a whole number from 1 to " + ModelParameters.MOST_TOKENS,
                JsonBody.integer(1, ModelParameters.MOST_TOKENS)),
            object.optional(
                "temperature",
                "must be a number from 0 to 2",
                node ->
                    Optional.of(node)
                        .filter(JsonNode::isNumber)
                        .map(JsonNode::doubleValue)
                        .filter(value -> value >= 0 && value <= 2)));
    object.refuseOthers();
    return parameters;
  }

  private static TemplateDefinition.Fallback fallback(JsonBody object) {
    Provider provider =
        object.required(
            "provider",
            "must be one of " + Provider.wireNames(),
            node -> Optional.ofNullable(node.textValue()).flatMap(Provider::named));
    String model = object.required("model", "must be a model's name", JsonBody.text(1, MAX_MODEL));
    object.refuseOthers();
    return new TemplateDefinition.Fallback(
        Objects.requireNonNullElse(provider, Provider.ANTHROPIC),
        Objects.requireNonNullElse(model, ""));
  }
}
