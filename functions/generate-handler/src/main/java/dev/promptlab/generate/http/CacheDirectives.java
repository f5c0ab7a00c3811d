package dev.promptlab.generate.http;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request's {@code Cache-Control} asks for (RFC 9111, 5.2.1); directives that are not named
 * here are ignored, as that RFC says.
 *
 * @param noCache no earlier result will do
 * @param noStore nor may the result be kept for others
 * @param maxAge how old an earlier result may be; empty: any age
 * @param onlyIfCached only an earlier result will do
 */
public record CacheDirectives(
    boolean noCache, boolean noStore, Optional<Duration> maxAge, boolean onlyIfCached) {
  private static final CacheDirectives NONE =
      new CacheDirectives(false, false, Optional.empty(), false);

  private static final String TOKEN = "([!#$%&'*+.^_`|~A-Za-z0-9-]++)";
  private static final String QUOTED = "\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"";
  private static final Pattern DIRECTIVE =
      Pattern.compile(TOKEN + "(?:\\s*=\\s*(?:" + QUOTED + "|([^\\s,\"]++)))?\\s*(?:,|$)");

  /** Of a larger age, RFC 9111 (1.2.2) says the same as of this one. */
  private static final long MOST_SECONDS = Integer.MAX_VALUE;

  /**
   * The directives of a request.
   *
   * @throws RefusedException 400 if the header cannot be read, or an age is no number
   */
  public static CacheDirectives of(ApiRequest request) {
    return request.header("cache-control").map(CacheDirectives::of).orElse(NONE);
  }

  private static CacheDirectives of(String header) {
    boolean noCache = false;
    boolean noStore = false;
    boolean onlyIfCached = false;
    Optional<Duration> maxAge = Optional.empty();
    Matcher directive = DIRECTIVE.matcher(header);
    int position = 0;
    while (position < header.length()) {
      if (header.charAt(position) == ',' || Character.isWhitespace(header.charAt(position))) {
        position++;
        continue;
      }
      directive.region(position, header.length());
      if (!directive.lookingAt()) {
        throw unusable("is not a list of directives");
      }
      switch (directive.group(1).toLowerCase(Locale.ROOT)) {
        case "no-cache" -> noCache = true;
        case "no-store" -> noStore = true;
        case "only-if-cached" -> onlyIfCached = true;
        case "max-age" ->
            maxAge =
                Optional.of(
                    seconds(
                        Optional.ofNullable(directive.group(2))
                            .orElseGet(() -> Optional.ofNullable(directive.group(3)).orElse(""))));
        default -> {
          // For other caches.
        }
      }
      position = directive.end();
    }
    return new CacheDirectives(noCache, noStore, maxAge, onlyIfCached);
  }

  /** Whether an earlier result, or a job in flight, may answer. */
  public boolean lookup() {
    return !noCache && !noStore;
  }

  private static Duration seconds(String text) {
    if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw unusable("has a max-age that is no number of seconds");
    }
    return Duration.ofSeconds(
        text.length() > 10 ? MOST_SECONDS : Math.min(MOST_SECONDS, Long.parseLong(text)));
  }

  private static RefusedException unusable(String message) {
    return new RefusedException(Problem.invalidRequest("Cache-Control", message));
  }
}
