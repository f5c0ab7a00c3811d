package dev.promptlab.generate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.cache.InputHash;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.CacheDirectives;
import dev.promptlab.generate.http.JsonBody;
import dev.promptlab.generate.http.Preferences;
import dev.promptlab.generate.http.Problem;
import dev.promptlab.generate.http.RefusedException;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.templates.PromptTemplate;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code POST /generate} asks for.
 *
 * @param idempotency the sender's name for it
 * @param longestWait how long the answer may be held until the job has ended
 */
record GenerateRequest(
    String templateId,
    Provider provider,
    GenerationInput input,
    CacheDirectives cache,
    Optional<NewJob.Idempotency> idempotency,
    Optional<Duration> longestWait) {
  /**
   * An input of the largest size in its longest JSON form ({@code \}u escapes), and room for the
   * rest.
   */
  static final int MAX_BODY_BYTES = 256 * 1024;

  private static final String A_PROVIDER = "must be one of " + Provider.wireNames();
  private static final String IDEMPOTENCY_KEY = "idempotency-key";
  private static final Pattern IDEMPOTENCY_KEY_FORM = Pattern.compile("[\\x21-\\x7e]{1,128}");

  /** Whether the headers ask for what only callers with a key can have. */
  static boolean needsKey(ApiRequest request) {
    return request.headers().containsKey(IDEMPOTENCY_KEY)
        || Preferences.wait(request).isPresent()
        || wantsFreshJob(request);
  }

  private static boolean wantsFreshJob(ApiRequest request) {
    try {
      return !CacheDirectives.of(request).lookup();
    } catch (RefusedException e) {
      // Refused once it is let in and counted, as an unusable body is.
      return false;
    }
  }

  /**
   * Reads a request strictly.
   *
   * @throws RefusedException 415, 413, or 400 with every unusable field
   */
  static GenerateRequest parse(ApiRequest request) {
    JsonBody body = JsonBody.of(request, MAX_BODY_BYTES);
    String templateId =
        body.required(
            "templateId",
            "must be a string of 1 to 64 characters A-Z a-z 0-9 _ -",
            node ->
                Optional.ofNullable(node.textValue())
                    .filter(text -> PromptTemplate.ID.matcher(text).matches()));
    Provider provider =
        body.required(
            "provider",
            A_PROVIDER,
            node -> Optional.ofNullable(node.textValue()).flatMap(Provider::named));
    GenerationInput input = input(body);
    body.refuseOthers();
    body.requireUsable();
    if (templateId == null || provider == null || input == null) {
      throw new IllegalStateException("a field that is missing was not refused");
    }
    requireFitting(input);
    return new GenerateRequest(
        templateId,
        provider,
        input,
        CacheDirectives.of(request),
        idempotencyKey(request)
            .map(key -> new NewJob.Idempotency(key, bodySha256(templateId, provider, input))),
        Preferences.wait(request));
  }

  /** What earlier and other requests have to do with it. */
  NewJob.Reuse reuse() {
    return new NewJob.Reuse(cache.lookup(), !cache.noStore(), cache.maxAge());
  }

  /** Whether a cached result may answer it, before the database is asked. */
  boolean mayHit() {
    return cache.lookup() && idempotency.isEmpty();
  }

  /**
   * Refuses an input that is too large.
   *
   * @throws RefusedException 413
   */
  static void requireFitting(GenerationInput input) {
    if (input.tooLarge()) {
      throw JsonBody.tooLarge(
          "The input has more than " + GenerationInput.MAX_BYTES + " bytes as JSON.");
    }
  }

  /** The field {@code input}; null if it is not usable, of which the body then knows. */
  static @Nullable GenerationInput input(JsonBody body) {
    JsonNode node = body.required("input", "must be a string or an object", Optional::of);
    if (node == null) {
      return null;
    }
    try {
      return GenerationInput.of(node);
    } catch (IllegalArgumentException e) {
      body.error("input", String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static Optional<String> idempotencyKey(ApiRequest request) {
    return Optional.ofNullable(request.headers().get(IDEMPOTENCY_KEY))
        .map(
            key -> {
              if (!IDEMPOTENCY_KEY_FORM.matcher(key).matches()) {
                throw new RefusedException(
                    Problem.invalidRequest(
                        "Idempotency-Key", "must have 1 to 128 visible ASCII characters"));
              }
              return key;
            });
  }

  /** Equal for equal bodies, whatever version the template has by then. */
  private static String bodySha256(String templateId, Provider provider, GenerationInput input) {
    return InputHash.of(Optional.empty(), templateId, 0, provider, input).hex();
  }
}
