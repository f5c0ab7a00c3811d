package dev.promptlab.rdsdata;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.rdsdata.model.Field;

/**
 * One row of a result, read by column name. A NULL where a value is required is a {@link
 * NullPointerException}.
 */
public final class Row {
  private final Map<String, Integer> columns;
  private final List<Field> fields;

  Row(Map<String, Integer> columns, List<Field> fields) {
    this.columns = columns;
    this.fields = fields;
  }

  public String text(String column) {
    return Objects.requireNonNull(field(column).stringValue(), column);
  }

  public Optional<String> optionalText(String column) {
    return Optional.ofNullable(field(column).stringValue());
  }

  public Optional<UUID> optionalUuid(String column) {
    return optionalText(column).map(UUID::fromString);
  }

  public UUID uuid(String column) {
    return UUID.fromString(text(column));
  }

  public boolean flag(String column) {
    return Objects.requireNonNull(field(column).booleanValue(), column);
  }

  public long number(String column) {
    return Objects.requireNonNull(field(column).longValue(), column);
  }

  public int integer(String column) {
    return Math.toIntExact(number(column));
  }

  public Optional<Integer> optionalInteger(String column) {
    return Optional.ofNullable(field(column).longValue()).map(Math::toIntExact);
  }

  public Optional<Long> optionalNumber(String column) {
    return Optional.ofNullable(field(column).longValue());
  }

  /** A column of milliseconds since the epoch. */
  public Instant millis(String column) {
    return Instant.ofEpochMilli(number(column));
  }

  public Optional<Instant> optionalMillis(String column) {
    return Optional.ofNullable(field(column).longValue()).map(Instant::ofEpochMilli);
  }

  private Field field(String column) {
    return fields.get(Objects.requireNonNull(columns.get(column), column));
  }
}
