package dev.promptlab.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The settings of one function, by name, as Lambda passes them: in environment variables. An empty
 * value counts as not set, since a SAM template cannot leave a variable out by condition.
 * Immutable.
 *
 * <p>Every reader throws {@link InvalidSettingException}, naming the setting, so that a bad value
 * stops start-up. Not final, so that tests can see what is read.
 */
public class Environment {
  private final Map<String, String> variables;

  protected Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /** The environment of this process. */
  public static Environment system() {
    return new Environment(System.getenv());
  }

  public static Environment of(Map<String, String> variables) {
    return new Environment(variables);
  }

  /** Whether Lambda will take a snapshot of this process and start others from that. */
  public boolean takesSnapshot() {
    return text("AWS_LAMBDA_INITIALIZATION_TYPE").filter("snap-start"::equals).isPresent();
  }

  public Optional<String> text(String name) {
    return Optional.ofNullable(variables.get(name))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  public String requiredText(String name) {
    return text(name).orElseThrow(() -> new InvalidSettingException(name, "is not set"));
  }

  public int integer(String name, int defaultValue, int min, int max) {
    return parsed(
            name,
            value -> {
              int number = Integer.parseInt(value);
              if (number < min || number > max) {
                throw new IllegalArgumentException("out of range");
              }
              return number;
            },
            "must be a whole number from " + min + " to " + max)
        .orElse(defaultValue);
  }

  /** A duration given in whole seconds. */
  public Duration seconds(String name, Duration defaultValue, Duration min, Duration max) {
    return Duration.ofSeconds(
        integer(
            name,
            Math.toIntExact(defaultValue.toSeconds()),
            Math.toIntExact(min.toSeconds()),
            Math.toIntExact(max.toSeconds())));
  }

  /** {@code on} or {@code off}. */
  public boolean flag(String name, boolean defaultValue) {
    return parsed(
            name,
            value ->
                switch (value.toLowerCase(Locale.ROOT)) {
                  case "on" -> true;
                  case "off" -> false;
                  default -> throw new IllegalArgumentException(value);
                },
            "must be on or off")
        .orElse(defaultValue);
  }

  public Optional<URI> uri(String name) {
    return parsed(
        name,
        value -> {
          try {
            URI uri = new URI(value);
            if (uri.getScheme() == null || uri.getHost() == null) {
              throw new IllegalArgumentException("no scheme or no host");
            }
            return uri;
          } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
          }
        },
        "must be an absolute URL");
  }

  /**
   * The setting turned into a value by {@code parser}.
   *
   * @param expected what the setting must be, for the error; the value itself may be a secret and
   *     is not repeated
   */
  public <T> Optional<T> parsed(String name, Function<String, T> parser, String expected) {
    return text(name)
        .map(
            value -> {
              try {
                return parser.apply(value);
              } catch (IllegalArgumentException e) {
                throw new InvalidSettingException(name, expected);
              }
            });
  }
}
