package dev.promptlab.local.migrate;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What a run of the program has come to.
 *
 * @param lines that it printed
 * @param failure the line on standard error, if it failed
 */
record Run(List<String> lines, Optional<String> failure) {
  /** Long enough for whatever ends, with pauses that a test does not notice. */
  static final Patience PATIENCE =
      new Patience(
          Duration.ofMillis(5),
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ofMinutes(1));

  static Run of(Path folder, Map<String, String> settings) {
    return of(folder, settings, PATIENCE);
  }

  static Run of(Path folder, Map<String, String> settings, Patience patience) {
    List<String> lines = new CopyOnWriteArrayList<>();
    return new Run(lines, Migrate.run(folder, settings, patience, lines::add));
  }

  /** All that somebody could have read. */
  String output() {
    return String.join("\n", lines) + failure.orElse("");
  }
}
