package dev.promptlab.local.server;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a command line of {@code scripts/run-local} turned out to be. */
sealed interface CommandLine {
  String USAGE =
      """
      Usage: scripts/run-local [--port N] [--host ADDRESS] [--data DIR]

        --port N         the HTTP port, 4000 by default; 0 takes a free one
        --host ADDRESS   where to listen, 127.0.0.1 by default
        --data DIR       keep PostgreSQL's and Redis's data in DIR between runs
        --help           print this

      Instead of the servers that it brings along, it uses yours where the environment names them:
        REDIS_URL        redis://localhost:6379
        DATABASE_URL     postgresql://user:password@localhost:5432/promptlab
        SQS_ENDPOINT     http://localhost:4566

      Which LLM answers: what ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL
      or BEDROCK_MODEL configure; else an Ollama on its usual port; else a stand-in that says so.
      """;

  record Run(RunLocalOptions options) implements CommandLine {}

  record Help() implements CommandLine {}

  /** The one line that says what is wrong and what to do. */
  record Refused(String line) implements CommandLine {}

  static CommandLine parse(List<String> arguments) {
    String host = "127.0.0.1";
    int port = 4000;
    Optional<Path> data = Optional.empty();
    Iterator<String> rest = arguments.stream().flatMap(CommandLine::splitAtEquals).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      if (option.equals("--help") || option.equals("-h")) {
        return new Help();
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
        return new Refused("%s %s: %s".formatted(option, value, expected(option)));
      }
    }
    return new Run(new RunLocalOptions(host, port, data));
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
