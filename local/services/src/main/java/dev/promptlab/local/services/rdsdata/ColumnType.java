package dev.promptlab.local.services.rdsdata;

import java.util.Locale;
import java.util.Map;

/**
 * How the values of a column travel.
 *
 * @param kind the form of a value, or of an array's elements
 * @param array whether the column holds arrays
 */
record ColumnType(Kind kind, boolean array) {
  /** The forms that a value can have. */
  enum Kind {
    BOOLEAN,
    LONG,
    DOUBLE,
    DECIMAL,
    BLOB,
    TEXT,
    /** A date, a time or a timestamp, as text. */
    TEMPORAL
  }

  private static final Map<String, Kind> KINDS =
      Map.ofEntries(
          Map.entry("bool", Kind.BOOLEAN),
          Map.entry("int2", Kind.LONG),
          Map.entry("int4", Kind.LONG),
          Map.entry("int8", Kind.LONG),
          Map.entry("smallserial", Kind.LONG),
          Map.entry("serial", Kind.LONG),
          Map.entry("bigserial", Kind.LONG),
          Map.entry("oid", Kind.LONG),
          Map.entry("float4", Kind.DOUBLE),
          Map.entry("float8", Kind.DOUBLE),
          Map.entry("numeric", Kind.DECIMAL),
          Map.entry("bytea", Kind.BLOB),
          Map.entry("text", Kind.TEXT),
          Map.entry("varchar", Kind.TEXT),
          Map.entry("bpchar", Kind.TEXT),
          Map.entry("name", Kind.TEXT),
          Map.entry("uuid", Kind.TEXT),
          Map.entry("json", Kind.TEXT),
          Map.entry("jsonb", Kind.TEXT),
          Map.entry("date", Kind.TEMPORAL),
          Map.entry("time", Kind.TEMPORAL),
          Map.entry("timestamp", Kind.TEMPORAL),
          Map.entry("timestamptz", Kind.TEMPORAL));

  /**
   * Finds the form of a column by PostgreSQL's name of its type.
   *
   * @throws RdsDataException if the real one does not return such columns; cast them to text
   */
  static ColumnType of(String typeName) {
    boolean array = typeName.startsWith("_");
    Kind kind = KINDS.get(array ? typeName.substring(1) : typeName);
    if (kind == null || (array && kind == Kind.BLOB)) {
      throw RdsDataException.unsupportedResult(
          "The result contains the unsupported data type %s."
              .formatted(typeName.toUpperCase(Locale.ROOT)));
    }
    return new ColumnType(kind, array);
  }
}
