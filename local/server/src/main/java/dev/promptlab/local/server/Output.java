package dev.promptlab.local.server;

import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * Where {@code scripts/run-local} writes what it has to say to people, and how its logs look. Logs
 * are on standard output; what is for people is there too, unless the logs are JSON, for programs.
 *
 * @param people for progress, banner and the last line
 */
record Output(PrintStream people, Colours colours) {
  /** What a command line says of the logs: in JSON or for people, with a line a request or not. */
  record Options(boolean json, boolean requests) {}

  /** The system property that says whether standard output is a terminal; the script knows. */
  private static final String TERMINAL_PROPERTY = "promptlab.terminal";

  /** Else Log4j says with a stack trace that it does not know it. */
  private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR");

  /**
   * To be called before anything logs: Log4j reads its configuration then, and only then.
   *
   * @throws InvalidSettingException if the level of the logs is none
   */
  static Output of(Options options, Environment user) {
    Optional<String> level = user.text("POWERTOOLS_LOG_LEVEL");
    if (level.isPresent() && !LEVELS.contains(level.get().toUpperCase(Locale.ROOT))) {
      throw new InvalidSettingException(
          "POWERTOOLS_LOG_LEVEL", "must be one of " + String.join(", ", LEVELS));
    }
    Colours colours = Colours.of(user, Boolean.getBoolean(TERMINAL_PROPERTY));
    System.setProperty("promptlab.logs", options.json() ? "Json" : "Text");
    System.setProperty("promptlab.logs.plain", Boolean.toString(colours == Colours.OFF));
    System.setProperty("promptlab.logs.requests", options.requests() ? "info" : "off");
    return new Output(options.json() ? System.err : System.out, colours);
  }

  /** No log says anything from now on. */
  static void silenceLogs() {
    Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.OFF);
  }
}
