package dev.promptlab.generate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.json.FieldNames;
import dev.promptlab.json.InvalidJsonException;
import dev.promptlab.json.StrictJson;
import dev.promptlab.templates.PromptTemplate;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /generate}. */
record GenerateRequest(String templateId, Provider provider, GenerationInput input) {
  /**
   * An input of the largest size in its longest JSON form ({@code \}u escapes), and room for the
   * rest.
   */
  static final int MAX_BODY_BYTES = 256 * 1024;

  private static final Set<String> FIELDS = Set.of("templateId", "provider", "input");

  /**
   * Reads a body strictly.
   *
   * @throws RefusedException 415, 413, or 400 with every unusable field
   */
  static GenerateRequest parse(ApiRequest request) {
    requireJson(request);
    if (request.body().remaining() > MAX_BODY_BYTES) {
      throw tooLarge("The body has more than " + MAX_BODY_BYTES + " bytes.");
    }
    JsonNode body = json(request.body());
    List<Problem.FieldError> errors = new ArrayList<>();
    String templateId = templateId(body.get("templateId"), errors);
    Provider provider = provider(body.get("provider"), errors);
    GenerationInput input = input(body.get("input"), errors);
    body.fieldNames()
        .forEachRemaining(
            name -> {
              if (!FIELDS.contains(name)) {
                errors.add(
                    new Problem.FieldError(
                        FieldNames.abbreviated(name), "is not a field of this request"));
              }
            });
    if (templateId == null || provider == null || input == null || !errors.isEmpty()) {
      throw new RefusedException(Problem.invalidRequest(errors));
    }
    if (input.tooLarge()) {
      throw tooLarge("The input has more than " + GenerationInput.MAX_BYTES + " bytes as JSON.");
    }
    return new GenerateRequest(templateId, provider, input);
  }

  private static void requireJson(ApiRequest request) {
    String mediaType = request.header("content-type").orElse("").toLowerCase(Locale.ROOT);
    int parameters = mediaType.indexOf(';');
    if (!(parameters < 0 ? mediaType : mediaType.substring(0, parameters))
        .strip()
        .equals("application/json")) {
      throw new RefusedException(
          Problem.of(
              415,
              "unsupported-media-type",
              "The media type is not JSON",
              "Send the body with Content-Type: application/json."));
    }
  }

  private static RefusedException tooLarge(String detail) {
    return new RefusedException(
        Problem.of(413, "input-too-large", "The input is too large", detail));
  }

  private static JsonNode json(ByteBuffer bytes) {
    JsonNode body;
    try {
      body = StrictJson.parse(bytes);
    } catch (InvalidJsonException e) {
      throw new RefusedException(Problem.invalidRequest(e.pointer(), e.getMessage()));
    }
    if (!body.isObject()) {
      throw new RefusedException(Problem.invalidRequest("", "must be a JSON object"));
    }
    return body;
  }

  private static @Nullable String templateId(
      @Nullable JsonNode node, List<Problem.FieldError> errors) {
    if (node != null && node.isTextual() && PromptTemplate.ID.matcher(node.textValue()).matches()) {
      return node.textValue();
    }
    errors.add(
        new Problem.FieldError(
            "templateId", "must be a string of 1 to 64 characters A-Z a-z 0-9 _ -"));
    return null;
  }

  private static @Nullable Provider provider(
      @Nullable JsonNode node, List<Problem.FieldError> errors) {
    Optional<Provider> provider =
        node != null && node.isTextual() ? Provider.named(node.textValue()) : Optional.empty();
    if (provider.isEmpty()) {
      errors.add(new Problem.FieldError("provider", "must be one of " + Provider.wireNames()));
    }
    return provider.orElse(null);
  }

  private static @Nullable GenerationInput input(
      @Nullable JsonNode node, List<Problem.FieldError> errors) {
    if (node == null) {
      errors.add(new Problem.FieldError("input", "is missing"));
      return null;
    }
    try {
      return GenerationInput.of(node);
    } catch (IllegalArgumentException e) {
      errors.add(new Problem.FieldError("input", String.valueOf(e.getMessage())));
      return null;
    }
  }
}
