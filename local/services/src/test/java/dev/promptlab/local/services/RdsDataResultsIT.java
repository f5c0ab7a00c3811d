package dev.promptlab.local.services;

import static dev.promptlab.local.services.DataApi.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.rdsdata.model.ArrayValue;
import software.amazon.awssdk.services.rdsdata.model.BadRequestException;
import software.amazon.awssdk.services.rdsdata.model.ColumnMetadata;
import software.amazon.awssdk.services.rdsdata.model.DecimalReturnType;
import software.amazon.awssdk.services.rdsdata.model.ExecuteStatementResponse;
import software.amazon.awssdk.services.rdsdata.model.Field;
import software.amazon.awssdk.services.rdsdata.model.LongReturnType;
import software.amazon.awssdk.services.rdsdata.model.RdsDataException;
import software.amazon.awssdk.services.rdsdata.model.RecordsFormatType;
import software.amazon.awssdk.services.rdsdata.model.UnsupportedResultException;

class RdsDataResultsIT {
  private final DataApi api = DataApi.shared();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1.50::numeric | 1.50",
        "'2026-02-03'::date | 2026-02-03",
        "'04:05:06'::time | 04:05:06",
        "'04:05:06.5'::time | 04:05:06.500",
        "'2026-02-03 04:05:06'::timestamp | 2026-02-03 04:05:06",
        "'2026-02-03 04:05:06.12'::timestamp | 2026-02-03 04:05:06.120",
        "'2026-02-03 04:05:06.123456'::timestamp | 2026-02-03 04:05:06.123456",
        "'2026-02-03 04:05:06+09'::timestamptz | 2026-02-02 19:05:06",
        "'0190f3a0-7c1e-7000-8000-000000000001'::uuid | 0190f3a0-7c1e-7000-8000-000000000001",
        "'{\"b\":1,\"a\":2}'::jsonb | {\"a\": 2, \"b\": 1}",
        "'{\"b\":1}'::json | {\"b\":1}",
        "'x'::varchar(5) | x",
        "'NaN'::numeric | NaN",
      })
  void givesTexts(String expression, String text) {
    assertThat(api.value("SELECT " + expression).stringValue()).isEqualTo(text);
  }

  @Test
  void givesNumbersBooleansAndNull() {
    List<Field> row =
        api.execute(
                "SELECT 1::int2, 9007199254740993, 0.5::float4, true, NULL::text, 'Infinity'::float8")
            .records()
            .getFirst();

    assertThat(row.get(0).longValue()).isEqualTo(1);
    assertThat(row.get(1).longValue()).isEqualTo(9007199254740993L);
    assertThat(row.get(2).doubleValue()).isEqualTo(0.5);
    assertThat(row.get(3).booleanValue()).isTrue();
    assertThat(row.get(4).isNull()).isTrue();
    assertThat(row.get(5).doubleValue()).isInfinite();
  }

  @Test
  void givesArrays() {
    List<ArrayValue> row =
        api
            .execute(
                "SELECT ARRAY[1,2], ARRAY['a', 'b\"\\,{}', NULL, 'NULL'], ARRAY[true,false], ARRAY[1.5::float8],"
                    + " ARRAY['2026-02-03 04:05:06.5+00'::timestamptz], '[0:1]={7,8}'::int8[], '{}'::text[]")
            .records()
            .getFirst()
            .stream()
            .map(Field::arrayValue)
            .toList();

    assertThat(row.get(0).longValues()).containsExactly(1L, 2L);
    assertThat(row.get(1).stringValues()).containsExactly("a", "b\"\\,{}", null, "NULL");
    assertThat(row.get(2).booleanValues()).containsExactly(true, false);
    assertThat(row.get(3).doubleValues()).containsExactly(1.5);
    assertThat(row.get(4).stringValues()).containsExactly("2026-02-03 04:05:06.500");
    assertThat(row.get(5).longValues()).containsExactly(7L, 8L);
    assertThat(row.get(6).stringValues()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'1 day'::interval | INTERVAL",
        "'04:05:06+02'::timetz | TIMETZ",
        "'(1,2)'::point | POINT",
        "1::money | MONEY",
        "pg_sleep(0) | VOID",
        "'x'::\"char\" | CHAR",
      })
  void refuses_typesThatTheRealOneDoesNotGive(String expression, String type) {
    assertThatThrownBy(() -> api.execute("SELECT " + expression))
        .isInstanceOf(UnsupportedResultException.class)
        .hasMessageContaining("The result contains the unsupported data type")
        .hasMessageContaining(type);
  }

  @Test
  void refuses_arraysOfArrays() {
    assertThatThrownBy(() -> api.execute("SELECT ARRAY[[1,2],[3,4]]"))
        .isInstanceOf(UnsupportedResultException.class)
        .hasMessageContaining("The result contains a multidimensional array");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'infinity'::timestamptz", "'-infinity'::date"})
  void fails_onInfiniteTimes_asTheRealOneDoes(String expression) {
    assertThatThrownBy(() -> api.execute("SELECT " + expression))
        .isInstanceOfSatisfying(
            RdsDataException.class, e -> assertThat(e.statusCode()).isEqualTo(500));
  }

  @Test
  void describesColumns_onlyWhenAsked() {
    api.execute("DROP TABLE IF EXISTS described");
    api.execute("CREATE TABLE described (id serial PRIMARY KEY, name varchar(20) NOT NULL)");
    String sql = "SELECT id, name AS other, 1 + 1 AS sum FROM described";

    assertThat(api.execute(sql).hasColumnMetadata()).isFalse();
    List<ColumnMetadata> columns =
        api.client()
            .executeStatement(request(sql).includeResultMetadata(true).build())
            .columnMetadata();

    assertThat(columns).extracting(ColumnMetadata::label).containsExactly("id", "other", "sum");
    assertThat(columns).extracting(ColumnMetadata::name).containsExactly("id", "name", "sum");
    assertThat(columns)
        .extracting(ColumnMetadata::typeName)
        .containsExactly("serial", "varchar", "int4");
    assertThat(columns)
        .extracting(ColumnMetadata::tableName)
        .containsExactly("described", "described", "");
    assertThat(columns).extracting(ColumnMetadata::nullable).containsExactly(0, 0, 2);
    assertThat(columns.getFirst().isAutoIncrement()).isTrue();
    assertThat(columns.get(1).precision()).isEqualTo(20);
  }

  @Test
  void formatsRowsAsJson() {
    ExecuteStatementResponse response =
        api.client()
            .executeStatement(
                request(
                        "SELECT 1 AS n, 'a\"b' AS t, NULL AS nothing, true AS ok, 1.50 AS amount,"
                            + " ARRAY[1,2] AS list, '\\x00ff'::bytea AS blob")
                    .formatRecordsAs(RecordsFormatType.JSON)
                    .build());

    assertThat(response.formattedRecords())
        .isEqualTo(
            "[{\"n\":1,\"t\":\"a\\\"b\",\"nothing\":null,\"ok\":true,\"amount\":\"1.50\","
                + "\"list\":[1,2],\"blob\":\"AP8=\"}]");
    assertThat(response.hasRecords()).isFalse();
  }

  @Test
  void refusesEqualLabels_inJson() {
    assertThatThrownBy(
            () ->
                api.client()
                    .executeStatement(
                        request("SELECT 1 AS a, 2 AS a")
                            .formatRecordsAs(RecordsFormatType.JSON)
                            .build()))
        .isInstanceOf(BadRequestException.class);
  }

  @Test
  void givesDecimalsAndLongs_asTheCallerWantsThem() {
    List<Field> row =
        api.client()
            .executeStatement(
                request("SELECT 1.25::numeric, 7::numeric, 9::int8")
                    .resultSetOptions(
                        options ->
                            options
                                .decimalReturnType(DecimalReturnType.DOUBLE_OR_LONG)
                                .longReturnType(LongReturnType.STRING))
                    .build())
            .records()
            .getFirst();

    assertThat(row.get(0).doubleValue()).isEqualTo(1.25);
    assertThat(row.get(1).longValue()).isEqualTo(7);
    assertThat(row.get(2).stringValue()).isEqualTo("9");
  }

  @Test
  void countsUpdatedRecords_andGeneratesNoFields() {
    api.execute("DROP TABLE IF EXISTS counted");
    ExecuteStatementResponse created = api.execute("CREATE TABLE counted (id serial, n int)");
    ExecuteStatementResponse inserted = api.execute("INSERT INTO counted (n) VALUES (1), (2)");
    ExecuteStatementResponse updated = api.execute("UPDATE counted SET n = 3 WHERE n > 5");

    assertThat(created.numberOfRecordsUpdated()).isZero();
    assertThat(inserted.numberOfRecordsUpdated()).isEqualTo(2);
    assertThat(inserted.generatedFields()).isEmpty();
    assertThat(updated.numberOfRecordsUpdated()).isZero();
  }

  @Test
  void givesRows_ofAnInsertReturning() {
    api.execute("DROP TABLE IF EXISTS returning_rows");
    api.execute("CREATE TABLE returning_rows (id serial)");

    assertThat(api.value("INSERT INTO returning_rows DEFAULT VALUES RETURNING id").longValue())
        .isEqualTo(1);
  }

  @Test
  void givesRows_upTo64KiB() {
    assertThat(api.value("SELECT repeat('x', 65536)").stringValue()).hasSize(65536);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT repeat('x', 65537)",
        "SELECT repeat('é', 32769)",
        "SELECT repeat('x', 40000), repeat('x', 40000)",
        "SELECT decode(repeat('00', 65537), 'hex')",
      })
  void refuses_longerRows(String sql) {
    assertThatThrownBy(() -> api.execute(sql))
        .isInstanceOf(UnsupportedResultException.class)
        .hasMessageContaining("64 KB");
  }

  @Test
  void refuses_answersOver1MiB() {
    assertThat(api.execute("SELECT repeat('x', 65000) FROM generate_series(1, 16)").records())
        .hasSize(16);
    assertThatThrownBy(() -> api.execute("SELECT repeat('x', 65000) FROM generate_series(1, 17)"))
        .isInstanceOf(UnsupportedResultException.class)
        .hasMessageContaining("The result exceeds the size limit 1 MB.");
  }
}
