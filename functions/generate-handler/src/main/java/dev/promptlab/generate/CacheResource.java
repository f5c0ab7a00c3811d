package dev.promptlab.generate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.InvalidationStore;
import dev.promptlab.cache.InvalidationStore.Target;
import dev.promptlab.cache.KeyPattern;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.epoch.Committed;
import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.JsonBody;
import dev.promptlab.templates.PromptTemplate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** {@code POST /cache/invalidate}. Thread-safe. */
final class CacheResource {
  private static final int MAX_BODY_BYTES = 16 * 1024;
  private static final int MAX_REASON = 500;

  /** What is not deleted within it expires by itself, and is not served until then. */
  private static final Duration DELETION_BUDGET = Duration.ofSeconds(10);

  private final Gate gate;
  private final InvalidationStore invalidations;
  private final ResultCache cache;
  private final Changes changes;
  private final InvalidationNews news;

  CacheResource(
      Gate gate,
      InvalidationStore invalidations,
      ResultCache cache,
      Changes changes,
      InvalidationNews news) {
    this.gate = gate;
    this.invalidations = invalidations;
    this.cache = cache;
    this.changes = changes;
    this.news = news;
  }

  private record Request(Target target, String reason) {}

  /**
   * The answer.
   *
   * @param invalidated how many results could have been served
   */
  private record Invalidated(long invalidated, String reason) {}

  ApiReply invalidate(ApiRequest request) {
    return gate.read(
        request,
        Gate.Access.ADMIN,
        admitted -> {
          Request asked = parse(request);
          changes.expect();
          // First the truth, then every instance's knowledge of it, then what frees memory only.
          Committed<Long> committed = invalidations.invalidate(asked.target(), asked.reason());
          Audit.log(admitted.caller(), "cache.invalidate", asked.target().toString());
          long count = changes.tell(committed);
          news.tell(asked.target(), asked.reason());
          delete(asked.target());
          return ApiReply.json(200, new Invalidated(count, asked.reason()));
        });
  }

  private void delete(Target target) {
    switch (target) {
      case Target.Input(InputHash hash) -> cache.delete(hash);
      case Target.Keys(KeyPattern pattern) -> cache.deleteMatching(pattern, DELETION_BUDGET);
      case Target.Template(String templateId) -> deleteAll(templateId);
    }
  }

  private void deleteAll(String templateId) {
    long end = System.nanoTime() + DELETION_BUDGET.toNanos();
    List<InputHash> step = invalidations.cachedInputs(templateId, Optional.empty());
    while (!step.isEmpty() && System.nanoTime() < end) {
      cache.deleteAll(step);
      step = invalidations.cachedInputs(templateId, Optional.of(step.getLast()));
    }
  }

  private static Request parse(ApiRequest request) {
    JsonBody body = JsonBody.of(request, MAX_BODY_BYTES);
    List<Target> targets = new ArrayList<>();
    body.optional(
            "templateId",
            "must be a template's id",
            text(
                text ->
                    Optional.of(text)
                        .filter(id -> PromptTemplate.ID.matcher(id).matches())
                        .map(Target.Template::new)))
        .ifPresent(targets::add);
    body.optional(
            "inputHash",
            "must have 64 characters 0-9 a-f",
            text(text -> usable(() -> new Target.Input(new InputHash(text)))))
        .ifPresent(targets::add);
    body.optional(
            "pattern",
            "must be a glob over keys, as gen:job:hash:0*, with at most five asterisks",
            text(text -> usable(() -> new Target.Keys(new KeyPattern(text)))))
        .ifPresent(targets::add);
    String reason =
        body.required(
            "reason", "must be a string of 1 to 500 characters", JsonBody.text(1, MAX_REASON));
    body.refuseOthers();
    body.requireUsable();
    if (targets.size() != 1) {
      body.error("", "must have exactly one of templateId, inputHash and pattern");
      body.requireUsable();
    }
    return new Request(targets.getFirst(), Objects.requireNonNull(reason));
  }

  private static <T> Function<JsonNode, Optional<T>> text(Function<String, Optional<T>> reader) {
    return node -> Optional.ofNullable(node.textValue()).flatMap(reader);
  }

  private static <T> Optional<T> usable(Supplier<T> value) {
    try {
      return Optional.of(value.get());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
