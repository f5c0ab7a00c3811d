package dev.promptlab.local.services.rdsdata;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.local.services.rdsdata.ColumnType.Kind;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.Optional;

/** Turns the values that PostgreSQL prints into JSON, as the caller wants them. */
final class ValueWriter {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ResultOptions options;

  ValueWriter(ResultOptions options) {
    this.options = options;
  }

  /** A value as the API's union, such as {@code {"longValue": 1}}. */
  ObjectNode field(ColumnType type, Optional<String> text) {
    ObjectNode field = JSON.objectNode();
    if (text.isEmpty()) {
      return field.put("isNull", true);
    }
    if (type.array()) {
      return field.set("arrayValue", array(type, text.get()));
    }
    JsonNode value = plain(type.kind(), text.get());
    return field.set(member(type.kind(), value) + "Value", value);
  }

  private ObjectNode array(ColumnType type, String text) {
    ArrayNode values = elements(type, text);
    String member = "string";
    for (JsonNode value : values) {
      if (!value.isNull()) {
        member = member(type.kind(), value);
        break;
      }
    }
    return JSON.objectNode().set(member + "Values", values);
  }

  /** A value as it stands in a row that is formatted as JSON. */
  JsonNode json(ColumnType type, Optional<String> text) {
    if (text.isEmpty()) {
      return JSON.nullNode();
    }
    return type.array() ? elements(type, text.get()) : plain(type.kind(), text.get());
  }

  private ArrayNode elements(ColumnType type, String text) {
    ArrayNode values = JSON.arrayNode();
    for (Optional<String> element : ArrayText.elements(text)) {
      values.add(element.map(value -> plain(type.kind(), value)).orElseGet(JSON::nullNode));
    }
    return values;
  }

  private static String member(Kind kind, JsonNode value) {
    return switch (kind) {
      case BOOLEAN -> "boolean";
      case BLOB -> "blob";
      case DOUBLE -> "double";
      case LONG, DECIMAL -> {
        if (value.isIntegralNumber()) {
          yield "long";
        }
        yield value.isNumber() ? "double" : "string";
      }
      case TEXT, TEMPORAL -> "string";
    };
  }

  private JsonNode plain(Kind kind, String text) {
    return switch (kind) {
      case BOOLEAN -> JSON.booleanNode(text.startsWith("t"));
      case LONG ->
          options.longsAsText() ? JSON.textNode(text) : JSON.numberNode(Long.parseLong(text));
      case DOUBLE -> doubleNode(Double.parseDouble(text));
      case DECIMAL -> options.decimalsAsText() ? JSON.textNode(text) : decimal(text);
      case BLOB -> JSON.binaryNode(HexFormat.of().parseHex(text, 2, text.length()));
      case TEXT -> JSON.textNode(text);
      case TEMPORAL -> JSON.textNode(TemporalText.of(text));
    };
  }

  // JSON has no number for these; the SDK reads the texts.
  private static JsonNode doubleNode(double value) {
    return Double.isFinite(value) ? JSON.numberNode(value) : JSON.textNode(Double.toString(value));
  }

  private static JsonNode decimal(String text) {
    if (!Character.isDigit(text.charAt(text.length() - 1))) {
      return doubleNode(Double.parseDouble(text));
    }
    BigDecimal decimal = new BigDecimal(text);
    return decimal.scale() == 0 && decimal.unscaledValue().bitLength() < Long.SIZE
        ? JSON.numberNode(decimal.longValue())
        : JSON.numberNode(decimal.doubleValue());
  }
}
