package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.config.Environment;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColoursTest {
  @ParameterizedTest
  @CsvSource({
    "TERM,           xterm, true,  ON",
    "TERM,           xterm, false, OFF",
    "TERM,           dumb,  true,  OFF",
    "NO_COLOR,       1,     true,  OFF",
    "CLICOLOR_FORCE, 1,     false, ON",
    "CLICOLOR_FORCE, 0,     false, OFF"
  })
  void areThereForWhoeverSeesThem(String name, String value, boolean terminal, Colours expected) {
    assertThat(Colours.of(Environment.of(Map.of(name, value)), terminal)).isEqualTo(expected);
  }

  @Test
  void areGivenByEscapeSequences_andLeaveTheTextAlone_whereTheyAreOff() {
    assertThat(Colours.ON.red("no")).isEqualTo("\u001b[31mno\u001b[0m");
    assertThat(Colours.OFF.red("no")).isEqualTo("no");
  }
}
