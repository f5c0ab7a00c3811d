package dev.promptlab.local.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MigrationTest {
  @TempDir Path folder;

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  @Test
  void readsAllOfPromptLabsOwn_soTheDataApiTakesThem() {
    assertThat(Migration.allOf(MigrationFolders.OWN))
        .hasSizeGreaterThanOrEqualTo(6)
        .allSatisfy(file -> assertThat(file.parts()).isNotEmpty())
        .extracting(Migration::name)
        .startsWith("V1__templates_and_jobs.sql", "V2__job_functions.sql");
  }

  @Test
  void sortsByNumber() throws IOException {
    write("V10__b.sql", "select 1");
    write("V9__a.sql", "select 1");
    write("notes.txt", "no SQL");
    assertThat(Migration.allOf(folder)).extracting(Migration::version).containsExactly(9, 10);
  }

  @Test
  void hasTheSameChecksum_howeverLinesEnd() throws IOException {
    write("V1__a.sql", "select\n 1;\n");
    write("V2__a.sql", "select\r\n 1;\r\n");
    write("V3__a.sql", "select\n 2;\n");
    assertThat(Migration.allOf(folder))
        .extracting(Migration::checksum)
        .satisfies(
            sums ->
                assertThat(sums.getFirst()).isEqualTo(sums.get(1)).isNotEqualTo(sums.getLast()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1__a.sql", "V1_a.sql", "V1__a b.sql", "V0__a.sql", "R__a.sql"})
  void refusesANameThatIsNone(String name) throws IOException {
    write(name, "select 1");
    assertThatThrownBy(() -> Migration.allOf(folder))
        .isInstanceOf(MigrationException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("V7__what_it_does.sql");
  }

  @Test
  void refusesANumberTwice() throws IOException {
    write("V1__a.sql", "select 1");
    write("V1__b.sql", "select 1");
    assertThatThrownBy(() -> Migration.allOf(folder))
        .isInstanceOf(MigrationException.class)
        .hasMessageContaining("V1__")
        .hasMessageContaining("same number");
  }

  @Test
  void refusesAFolderWithoutFiles() {
    assertThatThrownBy(() -> Migration.allOf(folder))
        .isInstanceOf(MigrationException.class)
        .hasMessageContaining(folder.toString());
  }
}
