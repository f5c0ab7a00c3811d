package dev.promptlab.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.promptlab.json.CanonicalJson;
import dev.promptlab.json.FieldNames;
import dev.promptlab.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the caller wants generated: a text, or the variables of a template (string → string, number
 * or boolean). Two inputs are equal if and only if their canonical JSON is. Immutable.
 */
public final class GenerationInput {
  /** Bytes of canonical UTF-8 JSON that an input may have. */
  public static final int MAX_BYTES = 32 * 1024;

  /** The variable that a plain text fills. */
  public static final String TEXT_VARIABLE = "input";

  private final JsonNode value;
  private final String canonical;

  private GenerationInput(JsonNode value, String canonical) {
    this.value = value;
    this.canonical = canonical;
  }

  /**
   * The input in a JSON value.
   *
   * @param value accepted by {@link StrictJson}
   * @throws IllegalArgumentException if it is neither a string nor a flat object of variables; the
   *     message says what is wrong, fit for the caller
   */
  public static GenerationInput of(JsonNode value) {
    if (value.isObject()) {
      for (Map.Entry<String, JsonNode> variable : value.properties()) {
        JsonNode content = variable.getValue();
        if (!content.isTextual() && !content.isNumber() && !content.isBoolean()) {
          throw new IllegalArgumentException(
              "has a variable \""
                  + FieldNames.abbreviated(variable.getKey())
                  + "\" that is no string, number or boolean");
        }
      }
    } else if (!value.isTextual()) {
      throw new IllegalArgumentException("must be a string or an object of variables");
    }
    return new GenerationInput(value, canonical(value));
  }

  public static GenerationInput text(String text) {
    return of(JsonNodeFactory.instance.textNode(text));
  }

  /** The input whose {@link #canonical()} text this is. */
  public static GenerationInput ofCanonical(String canonical) {
    return of(StrictJson.parse(canonical));
  }

  /** RFC 8785 JSON. */
  public String canonical() {
    return canonical;
  }

  /** The value itself; not to be changed. */
  public JsonNode json() {
    return value;
  }

  /**
   * Each variable with its text: strings as they are, numbers and booleans in their canonical form.
   */
  public Map<String, String> variables() {
    if (value.isTextual()) {
      return Map.of(TEXT_VARIABLE, value.textValue());
    }
    Map<String, String> variables = new LinkedHashMap<>();
    value.forEachEntry(
        (name, content) ->
            variables.put(name, content.isTextual() ? content.textValue() : canonical(content)));
    return variables;
  }

  public boolean tooLarge() {
    return canonical.length() > MAX_BYTES
        || canonical.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GenerationInput that && canonical.equals(that.canonical);
  }

  @Override
  public int hashCode() {
    return canonical.hashCode();
  }

  /** Names only: an input is the caller's own and does not belong into logs. */
  @Override
  public String toString() {
    return "GenerationInput[" + canonical.length() + " characters]";
  }

  /** The canonicaliser takes objects and arrays, so a bare value travels in an array. */
  private static String canonical(JsonNode value) {
    if (value.isTextual() && !hasControls(value.textValue())) {
      return value.toString();
    }
    String array = CanonicalJson.of(JsonNodeFactory.instance.arrayNode().add(value));
    return array.substring(1, array.length() - 1);
  }

  /** Whether it has a character that Jackson escapes in another way than RFC 8785 says. */
  private static boolean hasControls(String text) {
    return text.chars().anyMatch(c -> c < ' ' && "\b\t\n\f\r".indexOf(c) < 0);
  }
}
