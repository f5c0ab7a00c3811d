package dev.promptlab.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.erdtman.jcs.NumberToJSON;

/**
 * Reads JSON that has one meaning only: valid UTF-8, no duplicate or trailing content, no deep
 * nesting, no number that differs from its RFC 8785 form (a double), no U+0000 and no lone
 * surrogate. Thread-safe.
 */
public final class StrictJson {
  private static final int MAX_DEPTH = 32;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(400)
                          .build())
                  .build())
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, null))
          .build();

  private StrictJson() {}

  /** The mapper for our own records: times as RFC 3339, absent values left out. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /**
   * The document.
   *
   * @throws InvalidJsonException if the bytes are not one unambiguous JSON document
   */
  public static JsonNode parse(ByteBuffer utf8) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(utf8.duplicate()).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidJsonException("", "is not valid UTF-8");
    }
    return parse(text);
  }

  /**
   * The document.
   *
   * @throws InvalidJsonException if the text is not one unambiguous JSON document
   */
  public static JsonNode parse(String text) {
    JsonNode node;
    try {
      node = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new InvalidJsonException("", describe(e));
    } catch (NumberFormatException | ArithmeticException e) {
      // Not passed on: its words hold the number.
      throw new InvalidJsonException("", "has a number out of range");
    }
    if (node.isMissingNode()) {
      throw new InvalidJsonException("", "is empty");
    }
    check("", node);
    return node;
  }

  /**
   * Jackson's own words hold fragments of the document, which no error may repeat; so only the kind
   * and the place.
   */
  private static String describe(JsonProcessingException e) {
    String message = String.valueOf(e.getOriginalMessage());
    String kind =
        message.startsWith("Duplicate")
            ? "has a duplicate key"
            : message.contains("nesting depth")
                ? "is nested deeper than " + MAX_DEPTH + " levels"
                : message.contains("Trailing token")
                    ? "has content after its end"
                    : message.contains("Name length") || message.contains("Name value length")
                        ? "has a name that is too long"
                        : message.contains("Number value length")
                            ? "has a number that is too long"
                            : "is not valid JSON";
    return e.getLocation() == null
        ? kind
        : kind
            + " (line "
            + e.getLocation().getLineNr()
            + ", column "
            + e.getLocation().getColumnNr()
            + ")";
  }

  private static void check(String pointer, JsonNode node) {
    if (node.isTextual()) {
      checkText(pointer, node.textValue());
    } else if (node.isNumber()) {
      checkNumber(pointer, node);
    } else if (node.isArray()) {
      node.forEach(item -> check(pointer, item));
    } else {
      node.forEachEntry(
          (name, value) -> {
            checkText(pointer, name);
            // Cut, as a name may be anything, such as a prompt by mistake.
            String shown = FieldNames.abbreviated(name);
            check(pointer.isEmpty() ? shown : pointer + "." + shown, value);
          });
    }
  }

  private static void checkText(String pointer, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        throw new InvalidJsonException(pointer, "has the character U+0000");
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw new InvalidJsonException(pointer, "has a lone surrogate");
        }
        i++;
      }
    }
  }

  private static void checkNumber(String pointer, JsonNode node) {
    double asDouble = node.doubleValue();
    if (Double.isInfinite(asDouble)) {
      throw new InvalidJsonException(pointer, "is a number out of range");
    }
    try {
      BigDecimal canonical = new BigDecimal(NumberToJSON.serializeNumber(asDouble));
      if (canonical.compareTo(node.decimalValue()) != 0) {
        throw new InvalidJsonException(
            pointer, "is a number that a 64-bit float cannot hold exactly");
      }
    } catch (IOException | NumberFormatException | ArithmeticException e) {
      throw new InvalidJsonException(pointer, "is a number out of range");
    }
  }
}
