package dev.promptlab.local.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.local.migrate.SqlScript.Part;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SqlScriptTest {
  private static List<String> statements(String text) {
    return SqlScript.parts("V1__a.sql", text).stream().map(Part::sql).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into t values ('a;b', 'it''s; fine', E'\\';')",
        "create table \"odd;name\" (a integer)",
        "create function f() returns text language sql as $$ select 'a'; select 'b' $$",
        "create function f() returns text language sql as $b_1$ select $$;$$; $b_1$",
        "select 1 /* a; /* nested; */ b; */ + 1",
        "select 1 -- the end;\n + 1",
        "create function f(x integer) returns integer language sql return x + 1",
        "select a$b, 1 from t$x$ where c = 'x;'",
        "select '{\"a\": 1}'::jsonb",
      })
  void keepsAStatementWhole(String statement) {
    assertThat(statements(statement + ";\nselect 2;")).containsExactly(statement, "select 2");
  }

  @Test
  void leavesOutCommentsBetweenStatements_andSaysWhereEachBegins() {
    String text =
        """
        -- What this is; and why.
        /* a
           b; */

        create table a (
          x integer -- it's one; really
        );
        -- Another.
        select 1; select 2;
        -- The end.
        """;
    assertThat(SqlScript.parts("V1__a.sql", text))
        .containsExactly(
            new Part(5, "create table a (\n  x integer -- it's one; really\n)"),
            new Part(9, "select 1"),
            new Part(9, "select 2"));
  }

  @Test
  void tellsEqualStatementsApart() {
    assertThat(SqlScript.parts("V1__a.sql", "select 1;\nselect 1;\n\nselect 1;"))
        .extracting(Part::line)
        .containsExactly(1, 2, 4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select :name",
        "create function f() returns integer language sql as $$ select a[1:n] from t $$",
        "create function f() returns text language sql as $$ select 'at 10:30' $$",
        "select 1 -- see a:b",
        "insert into t values ('key:part')",
      })
  void refusesWhatTheDataApiWouldTakeForAParameter(String statement) {
    assertThatThrownBy(() -> statements("select 1;\n" + statement + ";"))
        .isInstanceOf(MigrationException.class)
        .hasMessageContaining("V1__a.sql, the statement on line 2: the RDS Data API would take :")
        .hasMessageContaining("chr(58)");
  }

  @Test
  void allowsCastsAssignmentsAndSpacedColons() {
    String body =
        "create function f() returns text language plpgsql as $$ declare x text := 'a: b'; begin return x::text; end $$";
    assertThat(statements(body)).containsExactly(body);
  }

  @Test
  void refusesAStatementThatIsTooLongForACall() {
    assertThatThrownBy(() -> statements("select '" + "a".repeat(SqlScript.MAX_CHARACTERS) + "'"))
        .isInstanceOf(MigrationException.class)
        .hasMessageContaining("V1__a.sql, the statement on line 1: its 65545 characters");
  }

  @Test
  void refusesABodyWhoseEndItWouldNotFind() {
    assertThatThrownBy(
            () ->
                statements(
                    "create function f() returns integer language sql begin atomic select 1; end; select 2;"))
        .isInstanceOf(MigrationException.class)
        .hasMessageContaining("line 1: write the function's body between $$ and $$");
  }

  @ParameterizedTest
  @ValueSource(strings = {"begin", "COMMIT", "rollback", "start transaction", "savepoint a", "end"})
  void refusesToEndTheFilesOwnTransaction(String statement) {
    assertThatThrownBy(() -> statements("select 1;\n" + statement + ";"))
        .isInstanceOf(MigrationException.class)
        .hasMessageContaining("line 2: each file is one transaction already");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create index concurrently i on job (account)",
        "CREATE UNIQUE INDEX CONCURRENTLY i on job (account)",
        "drop index concurrently i",
        "reindex index concurrently i"
      })
  void refusesAnIndexOutsideOfTheFilesTransaction(String statement) {
    assertThatThrownBy(() -> statements("select 1;\n" + statement + ";"))
        .isInstanceOf(MigrationException.class)
        .hasMessageContaining("line 2: each file is one transaction: leave out concurrently");
  }

  @Test
  void takesAWordThatOnlyLooksSo() {
    assertThat(statements("create index i on job (account); select 'concurrently';")).hasSize(2);
  }
}
