package dev.promptlab.local.services;

import static dev.promptlab.local.services.DataApi.hinted;
import static dev.promptlab.local.services.DataApi.parameter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.rdsdata.model.BadRequestException;
import software.amazon.awssdk.services.rdsdata.model.DatabaseErrorException;
import software.amazon.awssdk.services.rdsdata.model.Field;
import software.amazon.awssdk.services.rdsdata.model.RdsDataException;
import software.amazon.awssdk.services.rdsdata.model.SqlParameter;

class RdsDataParametersIT {
  private static final String UUID = "0190f3a0-7c1e-7000-8000-000000000001";

  private final DataApi api = DataApi.shared();

  @BeforeEach
  void makeTable() {
    api.execute("DROP TABLE IF EXISTS p");
    api.execute(
        "CREATE TABLE p (id uuid, at timestamptz, day date, clock time, amount numeric(12,4),"
            + " doc jsonb, body bytea, n bigint, small int, x double precision, ok boolean, t text)");
  }

  @Test
  void bindsEveryFieldType() {
    api.execute(
        "INSERT INTO p (t, n, small, x, ok, body) VALUES (:t, :n, :n, :x, :ok, :body)",
        parameter("t", Field.fromStringValue("é ' \" :t $$")),
        parameter("n", Field.fromLongValue(42L)),
        parameter("x", Field.fromDoubleValue(1.5)),
        parameter("ok", Field.fromBooleanValue(true)),
        parameter("body", Field.fromBlobValue(SdkBytes.fromByteArray(new byte[] {0, -1, 7}))));

    List<Field> row = api.execute("SELECT t, n, small, x, ok, body FROM p").records().getFirst();

    assertThat(row.get(0).stringValue()).isEqualTo("é ' \" :t $$");
    assertThat(row.get(1).longValue()).isEqualTo(42);
    assertThat(row.get(2).longValue()).isEqualTo(42);
    assertThat(row.get(3).doubleValue()).isEqualTo(1.5);
    assertThat(row.get(4).booleanValue()).isTrue();
    assertThat(row.get(5).blobValue().asByteArray()).containsExactly(0, -1, 7);
  }

  @Test
  void bindsNumbersThatJsonCannotHold() {
    Field value = api.value("SELECT :x", parameter("x", Field.fromDoubleValue(Double.NaN)));

    assertThat(value.doubleValue()).isNaN();
  }

  @Test
  void bindsNull_inColumnsOfEveryType() {
    api.execute(
        "INSERT INTO p VALUES (:x, :x, :x, :x, :x, :x, :x, :x, :x, :x, :x, :x)",
        parameter("x", Field.fromIsNull(true)));

    assertThat(api.execute("SELECT * FROM p").records().getFirst()).allMatch(Field::isNull);
  }

  @ParameterizedTest
  @CsvSource({
    "id,     UUID,      0190f3a0-7c1e-7000-8000-000000000001",
    "at,     TIMESTAMP, 2026-02-03 04:05:06.123456",
    "day,    DATE,      2026-02-03",
    "clock,  TIME,      04:05:06.5",
    "amount, DECIMAL,   12345678.9012",
    "doc,    JSON,      '{\"a\": [1, null]}'",
  })
  void bindsTexts_byTheirHint(String column, String hint, String text) {
    api.execute("INSERT INTO p (%s) VALUES (:x)".formatted(column), hinted("x", hint, text));

    assertThat(api.value("SELECT " + column + " FROM p").stringValue()).isIn(text, text + "00");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UUID", "TIMESTAMP", "DATE", "TIME", "DECIMAL", "JSON"})
  void bindsNull_withAHint(String hint) {
    SqlParameter parameter =
        SqlParameter.builder().name("x").typeHint(hint).value(Field.fromIsNull(true)).build();

    assertThat(api.value("SELECT :x", parameter).isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "id,  0190f3a0-7c1e-7000-8000-000000000001, uuid",
    "at,  2026-02-03 04:05:06, timestamp with time zone",
    "day, 2026-02-03, date",
    "doc, {}, jsonb",
    "n,   1, bigint",
  })
  void givesPostgresTypeError_whenATextHasNoHint(String column, String text, String type) {
    assertThatThrownBy(
            () ->
                api.execute(
                    "INSERT INTO p (%s) VALUES (:x)".formatted(column),
                    parameter("x", Field.fromStringValue(text))))
        .isInstanceOf(DatabaseErrorException.class)
        .hasMessageContaining(
            "ERROR: column \"%s\" is of type %s but expression is of type character varying"
                .formatted(column, type))
        .hasMessageContaining("; SQLState: 42804");
  }

  @Test
  void givesPostgresTypeError_whenAUuidIsComparedWithAText() {
    assertThatThrownBy(
            () ->
                api.execute(
                    "SELECT * FROM p WHERE id = :id", parameter("id", Field.fromStringValue(UUID))))
        .isInstanceOf(DatabaseErrorException.class)
        .hasMessageContaining("operator does not exist: uuid = character varying")
        .hasMessageContaining("SQLState: 42883");
  }

  @ParameterizedTest
  @CsvSource({
    "UUID,      1-1-1-1-1",
    "UUID,      x",
    "TIMESTAMP, 2026-02-03T04:05:06Z",
    "TIMESTAMP, 2026-02-03",
    "TIMESTAMP, 2026-13-03 04:05:06",
    "DATE,      03.02.2026",
    "TIME,      4:05",
    "DECIMAL,   many",
  })
  void refuses_aTextThatDoesNotFitItsHint(String hint, String text) {
    assertThatThrownBy(() -> api.execute("SELECT :x", hinted("x", hint, text)))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("Parameter x cannot be read as " + hint);
  }

  @Test
  void givesPostgresError_whenAJsonHintIsNoJson() {
    assertThatThrownBy(() -> api.execute("SELECT :x", hinted("x", "JSON", "{")))
        .isInstanceOf(DatabaseErrorException.class)
        .hasMessageContaining("SQLState: 22P02");
  }

  @Test
  void refuses_anUnknownHint() {
    assertThatThrownBy(() -> api.execute("SELECT :x", hinted("x", "INTERVAL", "1 day")))
        .isInstanceOf(RdsDataException.class)
        .hasMessageContaining("INTERVAL");
  }

  @Test
  void refuses_arrayParameters() {
    Field array = Field.fromArrayValue(values -> values.longValues(1L, 2L));

    assertThatThrownBy(() -> api.execute("SELECT :x", parameter("x", array)))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("Array parameters are not supported.");
  }

  @Test
  void namesTheParameter_thatIsMissing() {
    assertThatThrownBy(() -> api.execute("SELECT :a, :b", parameter("a", Field.fromLongValue(1L))))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("Cannot find parameter: b");
  }

  @Test
  void ignoresAParameter_thatTheStatementDoesNotName() {
    assertThat(api.value("SELECT 1", parameter("a", Field.fromLongValue(1L))).longValue())
        .isEqualTo(1);
  }

  @Test
  void refusesAParameter_thatIsThereTwice() {
    assertThatThrownBy(
            () ->
                api.execute(
                    "SELECT :a",
                    parameter("a", Field.fromLongValue(1L)),
                    parameter("a", Field.fromLongValue(2L))))
        .isInstanceOf(BadRequestException.class);
  }

  @Test
  void leavesOperatorsWithAQuestionMarkAlone() {
    assertThat(
            api.value(
                    "SELECT '{\"a\": 1}'::jsonb ? :key",
                    parameter("key", Field.fromStringValue("a")))
                .booleanValue())
        .isTrue();
  }
}
