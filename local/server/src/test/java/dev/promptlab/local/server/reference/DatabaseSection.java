package dev.promptlab.local.server.reference;

import static dev.promptlab.local.server.reference.ReferencePage.assertNames;
import static dev.promptlab.local.server.reference.ReferencePage.assertSays;
import static dev.promptlab.local.server.reference.ReferencePage.headings;
import static dev.promptlab.local.server.reference.ReferencePage.rows;
import static dev.promptlab.local.server.reference.ReferencePage.saying;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The page's tables and functions, against the schema as it is migrated. */
final class DatabaseSection {
  private static final String TABLES = "Tables";
  private static final String FUNCTIONS = "SQL functions";

  private DatabaseSection() {}

  /** Fails unless the page's tables and columns are those of the schema. */
  static void assertListsTables(ObservedPromptLab promptLab) {
    Map<String, Map<String, String>> tables = new LinkedHashMap<>();
    promptLab
        .query(
            "select table_name::text as t, column_name::text as c, data_type::text as type,"
                + " is_nullable::text as nullable from information_schema.columns"
                + " where table_schema = 'public' and table_name <> 'flyway_schema_history'"
                + " order by table_name, ordinal_position")
        .forEach(
            row ->
                tables
                    .computeIfAbsent(row.text("t"), _ -> new LinkedHashMap<>())
                    .put(
                        row.text("c"),
                        shortened("`%s`".formatted(row.text("type")))
                            + (row.text("nullable").equals("YES") ? ", null" : "")));
    assertNames(
        TABLES,
        tables.keySet(),
        headings(TABLES).stream().map(heading -> heading.replace("`", "")).toList());
    tables.forEach(
        (table, columns) ->
            assertSays(
                "`" + table + "`",
                columns,
                saying(
                    rows("`" + table + "`", "column of `" + table + "`"),
                    row -> row.text("type") + (row.text("null").equals("yes") ? ", null" : ""))));
  }

  private static String shortened(String types) {
    return types.replace("timestamp with time zone", "timestamptz");
  }

  /** Fails unless the page's functions are those of the schema. */
  static void assertListsFunctions(ObservedPromptLab promptLab) {
    Map<String, String> expected = new TreeMap<>();
    promptLab
        .query(
            "select proname::text as name, pg_get_function_arguments(oid) as arguments,"
                + " pg_get_function_result(oid) as result from pg_proc"
                + " where pronamespace = 'public'::regnamespace")
        .forEach(
            row ->
                assertThat(
                        expected.put(
                            row.text("name"),
                            shortened(row.text("arguments"))
                                + " → "
                                + shortened(row.text("result"))
                                    .replaceAll("^TABLE\\((.*)\\)$|^void$", "$1")))
                    .as("two functions named %s: give the newer another name", row.text("name"))
                    .isNull());
    assertSays(
        FUNCTIONS,
        expected,
        saying(
            rows(FUNCTIONS, "function"),
            row ->
                String.join("", row.codes("arguments"))
                    + " → "
                    + String.join("", row.codes("returns"))));
  }
}
