package dev.promptlab.generate.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.json.FieldNames;
import dev.promptlab.json.InvalidJsonException;
import dev.promptlab.json.StrictJson;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request's body, a JSON object, read field by field. What is wrong with it is gathered, so that
 * a caller learns of all of it at once. Not thread-safe.
 */
public final class JsonBody {
  private final JsonNode object;
  private final String prefix;
  private final List<Problem.FieldError> errors;
  private final Set<String> known = new HashSet<>();

  private JsonBody(JsonNode object, String prefix, List<Problem.FieldError> errors) {
    this.object = object;
    this.prefix = prefix;
    this.errors = errors;
  }

  /**
   * The object in a body.
   *
   * @throws RefusedException 415 if it is not sent as JSON, 413 if it is too long, 400 if it is not
   *     one unambiguous JSON object
   */
  public static JsonBody of(ApiRequest request, int maxBytes) {
    requireJson(request);
    if (request.body().remaining() > maxBytes) {
      throw tooLarge("The body has more than " + maxBytes + " bytes.");
    }
    return new JsonBody(json(request.body()), "", new ArrayList<>());
  }

  public static RefusedException tooLarge(String detail) {
    return new RefusedException(
        Problem.of(413, "input-too-large", "The input is too large", detail));
  }

  /**
   * A field that must be there; null if it is not usable, which {@link #requireUsable} then tells.
   *
   * @param expected what it must be
   * @param reader empty if the value is not that
   */
  public <T> @Nullable T required(
      String name, String expected, Function<JsonNode, Optional<T>> reader) {
    return read(name, expected, reader, true);
  }

  /** A field that may be missing; empty also if it is not usable. */
  public <T> Optional<T> optional(
      String name, String expected, Function<JsonNode, Optional<T>> reader) {
    return Optional.ofNullable(read(name, expected, reader, false));
  }

  /** The object in a field, to be read likewise; null if there is none. */
  public @Nullable JsonBody object(String name) {
    JsonNode value =
        optional(name, "must be an object", node -> Optional.of(node).filter(JsonNode::isObject))
            .orElse(null);
    return value == null ? null : new JsonBody(value, prefix + name + ".", errors);
  }

  /** The objects in a field that is a list; empty if there is none. */
  public List<JsonBody> objects(String name, int most) {
    String expected = "must be a list of up to " + most + " objects";
    JsonNode list =
        optional(
                name,
                expected,
                node ->
                    Optional.of(node)
                        .filter(
                            value ->
                                value.isArray()
                                    && value.size() <= most
                                    && value.valueStream().allMatch(JsonNode::isObject)))
            .orElse(null);
    List<JsonBody> objects = new ArrayList<>();
    if (list != null) {
      list.forEach(
          item ->
              objects.add(new JsonBody(item, prefix + name + "[" + objects.size() + "].", errors)));
    }
    return objects;
  }

  /** The names of all fields. */
  public List<String> names() {
    return object.properties().stream().map(field -> field.getKey()).toList();
  }

  public void error(String name, String message) {
    errors.add(new Problem.FieldError(prefix + name, message));
  }

  /** Refuses fields that nobody has asked for. */
  public void refuseOthers() {
    object.forEachEntry(
        (name, _) -> {
          if (!known.contains(name)) {
            error(FieldNames.abbreviated(name), "is not a field of this request");
          }
        });
  }

  /**
   * Says whether everything that has been read was usable.
   *
   * @throws RefusedException 400, with every unusable field
   */
  public void requireUsable() {
    if (!errors.isEmpty()) {
      throw new RefusedException(Problem.invalidRequest(errors));
    }
  }

  /** For {@link #required} and {@link #optional}: a text within these lengths, in characters. */
  public static Function<JsonNode, Optional<String>> text(int shortest, int longest) {
    return node ->
        Optional.ofNullable(node.textValue())
            .filter(
                text -> {
                  int length = text.codePointCount(0, text.length());
                  return length >= shortest && length <= longest;
                });
  }

  /** For {@link #required} and {@link #optional}: a whole number within these bounds. */
  public static Function<JsonNode, Optional<Integer>> integer(int least, int greatest) {
    return node ->
        node.isNumber()
                && node.canConvertToExactIntegral()
                && node.canConvertToInt()
                && node.intValue() >= least
                && node.intValue() <= greatest
            ? Optional.of(node.intValue())
            : Optional.empty();
  }

  private <T> @Nullable T read(
      String name, String expected, Function<JsonNode, Optional<T>> reader, boolean required) {
    known.add(name);
    JsonNode node = object.get(name);
    if (node == null) {
      if (required) {
        error(name, "is missing; it " + expected);
      }
      return null;
    }
    T value = reader.apply(node).orElse(null);
    if (value == null) {
      error(name, expected);
    }
    return value;
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
}
