package dev.promptlab.rdsdata;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.rdsdata.model.Field;
import software.amazon.awssdk.services.rdsdata.model.SqlParameter;
import software.amazon.awssdk.services.rdsdata.model.TypeHint;

/**
 * One SQL statement with its named parameters ({@code :name}); a null value is NULL. Not
 * thread-safe.
 */
public final class Statement {
  private final String sql;
  private final List<SqlParameter> parameters = new ArrayList<>();

  private Statement(String sql) {
    this.sql = sql;
  }

  public static Statement of(String sql) {
    return new Statement(sql);
  }

  public Statement text(String name, @Nullable String value) {
    return add(name, value == null ? null : Field.fromStringValue(value), null);
  }

  public Statement number(String name, @Nullable Number value) {
    return add(name, value == null ? null : Field.fromLongValue(value.longValue()), null);
  }

  public Statement flag(String name, boolean value) {
    return add(name, Field.fromBooleanValue(value), null);
  }

  public Statement uuid(String name, @Nullable UUID value) {
    return add(name, value == null ? null : Field.fromStringValue(value.toString()), TypeHint.UUID);
  }

  String sql() {
    return sql;
  }

  List<SqlParameter> parameters() {
    return parameters;
  }

  private Statement add(String name, @Nullable Field value, @Nullable TypeHint hint) {
    parameters.add(
        SqlParameter.builder()
            .name(name)
            .value(value == null ? Field.fromIsNull(true) : value)
            .typeHint(hint)
            .build());
    return this;
  }
}
