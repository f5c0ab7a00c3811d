package dev.promptlab.local.services.rdsdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedSqlTest {
  @Test
  void replacesEachName_inOrder() {
    NamedSql sql = NamedSql.parse("SELECT :a, :b_2, :a WHERE x=:c");

    assertThat(sql.jdbcSql()).isEqualTo("SELECT ?, ?, ? WHERE x=?");
    assertThat(sql.names()).containsExactly("a", "b_2", "a", "c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT ':a'",
        "SELECT 'it''s :a'",
        "SELECT E'it\\'s :a'",
        "SELECT \":a\"",
        "SELECT 1 -- :a",
        "SELECT 1 /* :a /* :b */ :c */",
        "SELECT x::text, '1'::int",
        "SELECT $$no name$$, $tag$ $$ ' $tag$",
        "DO $$ BEGIN x := 1; y := '12:34'; -- :a\n END $$",
        "SELECT a$1$b FROM t",
      })
  void leavesAlone_whatIsNoName(String text) {
    NamedSql sql = NamedSql.parse(text);

    assertThat(sql.jdbcSql()).isEqualTo(text);
    assertThat(sql.names()).isEmpty();
  }

  @Test
  void readsOn_afterALiteralWithBackslash_whenItIsNotAnEscapeLiteral() {
    assertThat(NamedSql.parse("SELECT 'a\\', :a").names()).containsExactly("a");
  }

  @Test
  void readsOn_afterDollarQuotes() {
    assertThat(NamedSql.parse("SELECT $q$ don't $q$, :a").names()).containsExactly("a");
  }

  @Test
  void readsASliceAsAName_asTheRealOneDoes() {
    assertThat(NamedSql.parse("SELECT a[1:2]").names()).containsExactly("2");
  }

  @Test
  void refusesANameInDollarQuotes_whichTheRealOneWouldReplace() {
    assertThatThrownBy(() -> NamedSql.parse("SELECT $$a :b c$$"))
        .isInstanceOf(RdsDataException.class)
        .hasMessageContaining(":b");
  }

  @Test
  void doublesTheOperatorsQuestionMark() {
    assertThat(NamedSql.parse("SELECT j ? 'a', '?'").jdbcSql()).isEqualTo("SELECT j ?? 'a', '?'");
  }

  @Test
  void dropsTheSemicolon_atTheEnd() {
    assertThat(NamedSql.parse("SELECT 1; -- done\n ;").jdbcSql().strip())
        .isEqualTo("SELECT 1 -- done");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT 1; SELECT 2", "SELECT 1;/**/ x", "SELECT 'a';b"})
  void refuses_moreThanOneStatement(String text) {
    assertThatThrownBy(() -> NamedSql.parse(text))
        .isInstanceOf(RdsDataException.class)
        .hasMessage("Multistatements aren't supported.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", ";"})
  void refuses_noStatement(String text) {
    assertThatThrownBy(() -> NamedSql.parse(text)).isInstanceOf(RdsDataException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'",
        "\"",
        "$$",
        "$a$x",
        "/*",
        "/* /* */",
        "--",
        ":",
        "::",
        "E'\\",
        "?",
        "$",
        "a$"
      })
  void comesToAnEnd_whenSomethingIsNotClosed(String text) {
    assertThat(NamedSql.parse("SELECT " + text).names()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"begin", "/* x */ COMMIT", "-- x\nROLLBACK", "START TRANSACTION", "end", "abort"})
  void knowsTransactionControl(String text) {
    assertThat(NamedSql.parse(text).controlsTransaction()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ROLLBACK TO a", "SAVEPOINT a", "SELECT 1", "beginning", "endx"})
  void doesNotTakeOthers_forTransactionControl(String text) {
    assertThat(NamedSql.parse(text).controlsTransaction()).isFalse();
  }

  @Test
  void knowsWhatStaysInASession() {
    assertThat(NamedSql.parse("SET search_path = x").changesSession()).isTrue();
    assertThat(NamedSql.parse("CREATE TEMP TABLE x (a int)").changesSession()).isTrue();
    assertThat(NamedSql.parse("SET LOCAL x = 1").changesSession()).isFalse();
    assertThat(NamedSql.parse("UPDATE t SET a = 1").changesSession()).isFalse();
  }
}
