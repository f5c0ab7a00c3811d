package dev.promptlab.local.services.rdsdata;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.postgresql.util.PGobject;

/**
 * One named parameter of a call.
 *
 * @param name its name, without the colon
 * @param kind which field of the union is set, such as {@code stringValue}
 * @param value what is in that field
 * @param typeHint the hint, or an empty text
 */
record SqlParameter(String name, String kind, JsonNode value, String typeHint) {
  private static final Pattern UUID_FORM =
      Pattern.compile("\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
  private static final Pattern TIME_FORM = Pattern.compile("\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?");
  private static final Pattern TIMESTAMP_FORM =
      Pattern.compile("\\d{4,}-\\d{2}-\\d{2} " + TIME_FORM.pattern());
  private static final Map<String, Integer> NULL_TYPES =
      Map.of(
          "DATE", Types.DATE,
          "DECIMAL", Types.NUMERIC,
          "JSON", Types.OTHER,
          "TIME", Types.TIME,
          "TIMESTAMP", Types.TIMESTAMP,
          "UUID", Types.OTHER);

  /**
   * Sets the parameter in a statement, with the type that the real one sends: a text without a hint
   * is a varchar, which PostgreSQL does not turn into a uuid or a timestamp by itself.
   */
  void bind(PreparedStatement statement, int index) throws SQLException {
    switch (kind) {
      case "isNull" -> bindNull(statement, index);
      case "stringValue" -> bindText(statement, index, text());
      case "longValue" -> statement.setLong(index, longValue());
      case "doubleValue" -> statement.setDouble(index, doubleValue());
      case "booleanValue" -> statement.setBoolean(index, booleanValue());
      case "blobValue" -> statement.setBytes(index, blob());
      case "arrayValue" -> throw RdsDataException.badRequest("Array parameters are not supported.");
      default -> throw serialization("has an unknown kind of value, " + kind);
    }
  }

  private void bindNull(PreparedStatement statement, int index) throws SQLException {
    if (!booleanValue()) {
      throw RdsDataException.badRequest("Parameter %s has isNull false.".formatted(name));
    }
    Integer type = typeHint.isEmpty() ? Integer.valueOf(Types.NULL) : NULL_TYPES.get(typeHint);
    if (type == null) {
      throw unknownHint();
    }
    statement.setNull(index, type);
  }

  private void bindText(PreparedStatement statement, int index, String text) throws SQLException {
    try {
      switch (typeHint) {
        case "" -> statement.setString(index, text);
        case "DATE" -> statement.setObject(index, LocalDate.parse(text));
        case "DECIMAL" -> statement.setBigDecimal(index, new BigDecimal(text));
        case "JSON" -> statement.setObject(index, json(text));
        case "TIME" -> statement.setObject(index, LocalTime.parse(checked(text, TIME_FORM)));
        case "TIMESTAMP" ->
            statement.setObject(
                index, Timestamp.valueOf(checked(text, TIMESTAMP_FORM)).toLocalDateTime());
        case "UUID" -> statement.setObject(index, UUID.fromString(checked(text, UUID_FORM)));
        default -> throw unknownHint();
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      throw RdsDataException.badRequest(
          "Parameter %s cannot be read as %s.".formatted(name, typeHint));
    }
  }

  private static PGobject json(String text) throws SQLException {
    PGobject json = new PGobject();
    json.setType("json");
    json.setValue(text);
    return json;
  }

  private static String checked(String text, Pattern form) {
    if (!form.matcher(text).matches()) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private RdsDataException unknownHint() {
    return RdsDataException.validation(
        "Value '%s' at 'parameters.%s.typeHint' is not one of DATE, DECIMAL, JSON, TIME, TIMESTAMP, UUID"
            .formatted(typeHint, name));
  }

  private String text() {
    if (!value.isTextual()) {
      throw serialization("must hold a text");
    }
    return value.textValue();
  }

  private long longValue() {
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw serialization("must hold a whole number of 64 bits");
    }
    return value.longValue();
  }

  private double doubleValue() {
    if (value.isNumber()) {
      return value.doubleValue();
    }
    // The SDK sends what JSON has no number for as these texts.
    return switch (value.asText()) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw serialization("must hold a number");
    };
  }

  private boolean booleanValue() {
    if (!value.isBoolean()) {
      throw serialization("must hold true or false");
    }
    return value.booleanValue();
  }

  private byte[] blob() {
    try {
      return Base64.getDecoder().decode(text());
    } catch (IllegalArgumentException e) {
      throw serialization("must hold base64");
    }
  }

  private RdsDataException serialization(String what) {
    return new RdsDataException(
        RdsDataException.Type.SERIALIZATION, "Parameter %s %s.".formatted(name, what));
  }
}
