package dev.promptlab.local.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
  private static final Output.Options FOR_PEOPLE = new Output.Options(false, true);

  @Test
  void listensOnLoopbackPort4000AndKeepsNothing_whenNoOptionIsGiven() {
    assertThat(CommandLine.parse(List.of()))
        .isEqualTo(
            new CommandLine.Run(
                new RunLocalOptions("127.0.0.1", 4000, Optional.empty(), true), FOR_PEOPLE));
  }

  @Test
  void takesEveryOption_inBothForms() {
    CommandLine expected =
        new CommandLine.Run(
            new RunLocalOptions("0.0.0.0", 0, Optional.of(Path.of("/tmp/a b")), true), FOR_PEOPLE);

    assertThat(CommandLine.parse(List.of("--port", "0", "--host", "0.0.0.0", "--data", "/tmp/a b")))
        .isEqualTo(expected);
    assertThat(CommandLine.parse(List.of("--port=0", "--host=0.0.0.0", "--data=/tmp/a b")))
        .isEqualTo(expected);
  }

  @Test
  void resolvesTheDataFolderAgainstTheWorkingDirectory_whenItIsRelative() {
    assertThat(CommandLine.parse(List.of("--data", "x/../data")))
        .isEqualTo(
            new CommandLine.Run(
                new RunLocalOptions(
                    "127.0.0.1", 4000, Optional.of(Path.of("data").toAbsolutePath()), true),
                FOR_PEOPLE));
  }

  @Test
  void leavesJobsInTheQueue_whenAskedTo() {
    assertThat(CommandLine.parse(List.of("--no-worker", "--port", "0")))
        .isEqualTo(
            new CommandLine.Run(
                new RunLocalOptions("127.0.0.1", 0, Optional.empty(), false), FOR_PEOPLE));
  }

  @Test
  void saysHowLogsAreToLook() {
    assertThat(CommandLine.parse(List.of("--json-logs", "--quiet")))
        .isInstanceOfSatisfying(
            CommandLine.Run.class,
            run -> assertThat(run.output()).isEqualTo(new Output.Options(true, false)));
  }

  @Test
  void asksForHelp_whateverElseIsGiven() {
    assertThat(CommandLine.parse(List.of("--port", "1", "--help")))
        .isInstanceOf(CommandLine.Help.class);
    assertThat(CommandLine.usage()).startsWith("Usage: scripts/run-local ").contains("--no-worker");
  }

  @ParameterizedTest
  @CsvSource({
    "--prot 1,   unknown option --prot",
    "4000,       unknown option 4000",
    "--port,     --port needs a value",
    "--port x,   --port x: must be a number from 0 to 65535",
    "--port -1,  --port -1: must be a number from 0 to 65535",
    "--port 65536, --port 65536: must be a number from 0 to 65535",
    "--data=,    --data : must be a folder"
  })
  void refusesInOneLine_whenAnOptionIsUnusable(String commandLine, String start) {
    assertThat(CommandLine.parse(List.of(commandLine.split(" "))))
        .isInstanceOfSatisfying(
            CommandLine.Refused.class,
            refused -> assertThat(refused.line()).startsWith(start).doesNotContain("\n"));
  }
}
