package dev.promptlab.local.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a command line of {@code scripts/run-local} turned out to be. */
sealed interface CommandLine {
  record Run(RunLocalOptions options, Output.Options output) implements CommandLine {}

  /** Options without a value. */
  Set<String> FLAGS = Set.of("--no-worker", "--json-logs", "--quiet");

  record Help() implements CommandLine {}

  /** The one line that says what is wrong and what to do. */
  record Refused(String line) implements CommandLine {}

  /** What {@code --help} prints; the script prints the same file without starting this program. */
  static String usage() {
    try (InputStream text = CommandLine.class.getResourceAsStream("/run-local-usage.txt")) {
      return new String(Objects.requireNonNull(text).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static CommandLine parse(List<String> arguments) {
    String host = "127.0.0.1";
    int port = 4000;
    Optional<Path> data = Optional.empty();
    Set<String> flags = new HashSet<>();
    Iterator<String> rest = arguments.stream().flatMap(CommandLine::splitAtEquals).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      if (option.equals("--help") || option.equals("-h")) {
        return new Help();
      }
      if (FLAGS.contains(option)) {
        flags.add(option);
        continue;
      }
      if (!List.of("--port", "--host", "--data").contains(option)) {
        return new Refused("unknown option %s: see scripts/run-local --help".formatted(option));
      }
      if (!rest.hasNext()) {
        return new Refused("%s needs a value: see scripts/run-local --help".formatted(option));
      }
      String value = rest.next();
      try {
        switch (option) {
          case "--port" -> port = port(value);
          case "--host" -> host = nonBlank(value);
          default -> data = Optional.of(Path.of(nonBlank(value)).toAbsolutePath().normalize());
        }
      } catch (IllegalArgumentException e) {
        return new Refused(
            "%s %s: %s: see scripts/run-local --help".formatted(option, value, expected(option)));
      }
    }
    return new Run(
        new RunLocalOptions(host, port, data, !flags.contains("--no-worker")),
        new Output.Options(flags.contains("--json-logs"), !flags.contains("--quiet")));
  }

  private static Stream<String> splitAtEquals(String argument) {
    int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
    return equals < 0
        ? Stream.of(argument)
        : Stream.of(argument.substring(0, equals), argument.substring(equals + 1));
  }

  private static int port(String value) {
    int port = Integer.parseInt(value);
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("no port");
    }
    return port;
  }

  private static String nonBlank(String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("blank");
    }
    return value;
  }

  private static String expected(String option) {
    return switch (option) {
      case "--port" -> "must be a number from 0 to 65535";
      case "--host" -> "must be a host name or an address of this machine";
      default -> "must be a folder";
    };
  }
}
