package dev.promptlab.local.services.rdsdata;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Objects;
import org.postgresql.PGResultSetMetaData;

/** Describes the columns of a result, as {@code includeResultMetadata} asks for. */
final class ColumnMetadata {
  private ColumnMetadata() {}

  static ArrayNode of(ResultSetMetaData columns) throws SQLException {
    PGResultSetMetaData tables = columns.unwrap(PGResultSetMetaData.class);
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      all.addObject()
          .put("arrayBaseColumnType", 0)
          .put("isAutoIncrement", columns.isAutoIncrement(i))
          .put("isCaseSensitive", columns.isCaseSensitive(i))
          .put("isCurrency", columns.isCurrency(i))
          .put("isSigned", columns.isSigned(i))
          .put("label", columns.getColumnLabel(i))
          .put("name", nameOf(columns, tables, i))
          .put("nullable", columns.isNullable(i))
          .put("precision", columns.getPrecision(i))
          .put("scale", columns.getScale(i))
          .put("schemaName", "")
          .put("tableName", Objects.requireNonNullElse(tables.getBaseTableName(i), ""))
          .put("type", columns.getColumnType(i))
          .put("typeName", columns.getColumnTypeName(i));
    }
    return all;
  }

  private static String nameOf(ResultSetMetaData columns, PGResultSetMetaData tables, int i)
      throws SQLException {
    String base = Objects.requireNonNullElse(tables.getBaseColumnName(i), "");
    return base.isEmpty() ? columns.getColumnLabel(i) : base;
  }
}
