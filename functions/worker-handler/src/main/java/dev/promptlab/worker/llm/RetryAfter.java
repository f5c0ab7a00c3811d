package dev.promptlab.worker.llm;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * For how long a provider asks to be left alone: {@code retry-after-ms}, else {@code Retry-After}
 * (RFC 9110, 10.2.3), else, where it refused for its rate limit, until the limit of which least is
 * left is reset. Other answers have the limits' headers too, but ask nothing by them.
 */
final class RetryAfter {
  /** The star stands for {@code limit}, {@code remaining} or {@code reset}. */
  private static final List<String> LIMITS =
      List.of(
          "anthropic-ratelimit-requests-*",
          "anthropic-ratelimit-tokens-*",
          "anthropic-ratelimit-input-tokens-*",
          "anthropic-ratelimit-output-tokens-*",
          "x-ratelimit-*-requests",
          "x-ratelimit-*-tokens");

  private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|s|m|h|d|$)");

  /** Such as {@code 6m0s}, {@code 1.5s}, {@code 20ms}; a number alone is of seconds. */
  private static final Pattern DURATION = Pattern.compile("(?:" + PART + ")+");

  private final Function<String, Optional<String>> headers;
  private final Instant now;

  private RetryAfter(Function<String, Optional<String>> headers, Instant now) {
    this.headers = headers;
    this.now = now;
  }

  /**
   * Reads an answer's headers.
   *
   * @param status of the answer
   * @param headers the value of a name, whatever its case
   * @return not negative; empty if nothing is asked for, or nothing that can be read
   */
  static Optional<Duration> of(
      int status, Function<String, Optional<String>> headers, Instant now) {
    RetryAfter asked = new RetryAfter(headers, now);
    return asked
        .value("retry-after-ms")
        .flatMap(text -> duration(text + "ms"))
        .or(() -> asked.value("retry-after").flatMap(asked::delay))
        .or(() -> status == 429 ? asked.tightestReset() : Optional.empty());
  }

  private Optional<Duration> tightestReset() {
    return LIMITS.stream()
        .flatMap(limit -> limit(limit).stream())
        .min(
            Comparator.comparingDouble(Limit::left)
                .thenComparing(Limit::reset, Comparator.reverseOrder()))
        .map(Limit::reset);
  }

  /**
   * A limit.
   *
   * @param left of the whole, from 0 to 1; 0 if it is not known
   */
  private record Limit(double left, Duration reset) {}

  private Optional<Limit> limit(String name) {
    return value(name.replace("*", "reset"))
        .flatMap(this::delay)
        .map(
            reset -> {
              double remaining = number(name.replace("*", "remaining"));
              double all = number(name.replace("*", "limit"));
              return new Limit(all > 0 ? Math.max(0, remaining / all) : 0, reset);
            });
  }

  private double number(String name) {
    return value(name).filter(text -> text.matches("\\d{1,15}")).map(Double::valueOf).orElse(0.0);
  }

  private Optional<String> value(String name) {
    return headers.apply(name).map(String::strip);
  }

  /** A duration, an HTTP date or an RFC 3339 time. */
  private Optional<Duration> delay(String text) {
    return duration(text).or(() -> Optional.ofNullable(time(text)).map(this::until));
  }

  private Duration until(Instant time) {
    Duration left = Duration.between(now, time);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static @Nullable Instant time(String text) {
    try {
      return text.contains(",")
          ? ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException _) {
      return null;
    }
  }

  private static Optional<Duration> duration(String text) {
    if (!DURATION.matcher(text).matches()) {
      return Optional.empty();
    }
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      BigDecimal unit = BigDecimal.valueOf(millis(part.group(2)));
      sum = sum.plusMillis(new BigDecimal(part.group(1)).multiply(unit).longValue());
    }
    return Optional.of(sum);
  }

  private static long millis(String unit) {
    return switch (unit) {
      case "ms" -> 1;
      case "m" -> 60_000;
      case "h" -> 3_600_000;
      case "d" -> 86_400_000;
      default -> 1_000;
    };
  }
}
