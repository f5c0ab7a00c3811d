package dev.promptlab.local.services.rdsdata;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes a result set into an answer, within the API's limits. */
final class ResultWriter {
  private static final int ROW_LIMIT = 64 * 1024;
  private static final int RESULT_LIMIT = 1024 * 1024;
  private static final int JSON_RESULT_LIMIT = 10 * 1024 * 1024;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ResultSet results;
  private final ResultOptions options;
  private final ValueWriter values;
  private final List<String> labels = new ArrayList<>();
  private final List<ColumnType> types = new ArrayList<>();
  private long size;

  ResultWriter(ResultSet results, ResultOptions options) throws SQLException {
    this.results = results;
    this.options = options;
    this.values = new ValueWriter(options);
    ResultSetMetaData columns = results.getMetaData();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      labels.add(columns.getColumnLabel(i));
      types.add(ColumnType.of(columns.getColumnTypeName(i)));
    }
  }

  void writeTo(ObjectNode answer) throws SQLException {
    if (options.json()) {
      refuseEqualLabels();
      answer.put("formattedRecords", rows().toString());
      return;
    }
    answer.set("records", rows());
    if (options.metadata()) {
      answer.set("columnMetadata", ColumnMetadata.of(results.getMetaData()));
    }
  }

  private void refuseEqualLabels() {
    Set<String> seen = new HashSet<>();
    for (String label : labels) {
      if (!seen.add(label)) {
        throw RdsDataException.badRequest(
            "The result has more than one column %s: name them apart with aliases."
                .formatted(label));
      }
    }
  }

  private ArrayNode rows() throws SQLException {
    ArrayNode rows = JSON.arrayNode();
    while (results.next()) {
      rows.add(options.json() ? jsonRow(row()) : fieldRow(row()));
    }
    return rows;
  }

  private ArrayNode fieldRow(List<Optional<String>> row) {
    ArrayNode fields = JSON.arrayNode();
    for (int i = 0; i < row.size(); i++) {
      fields.add(values.field(types.get(i), row.get(i)));
    }
    return fields;
  }

  private ObjectNode jsonRow(List<Optional<String>> row) {
    ObjectNode object = JSON.objectNode();
    for (int i = 0; i < row.size(); i++) {
      object.set(labels.get(i), values.json(types.get(i), row.get(i)));
    }
    return object;
  }

  private List<Optional<String>> row() throws SQLException {
    List<Optional<String>> row = new ArrayList<>(types.size());
    long rowSize = 0;
    for (int i = 1; i <= types.size(); i++) {
      @Nullable String text = results.getString(i);
      row.add(Optional.ofNullable(text));
      rowSize += text == null ? 0 : size(types.get(i - 1), text);
    }
    count(rowSize);
    return row;
  }

  private static long size(ColumnType type, String text) {
    return type.kind() == ColumnType.Kind.BLOB
        ? (text.length() - 2) / 2
        : text.getBytes(StandardCharsets.UTF_8).length;
  }

  private void count(long rowSize) {
    if (rowSize > ROW_LIMIT) {
      throw RdsDataException.unsupportedResult(
          "The result contains a row that exceeds the size limit 64 KB.");
    }
    // On the wire from the database, a row has its number of columns and the length of each.
    size += rowSize + 2 + 4L * types.size();
    if (size > (options.json() ? JSON_RESULT_LIMIT : RESULT_LIMIT)) {
      throw RdsDataException.unsupportedResult(
          "The result exceeds the size limit %d MB.".formatted(options.json() ? 10 : 1));
    }
  }
}
