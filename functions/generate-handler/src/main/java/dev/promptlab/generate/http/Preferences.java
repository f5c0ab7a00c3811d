package dev.promptlab.generate.http;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a request's {@code Prefer} asks for (RFC 7240). One that is not understood is ignored. */
public final class Preferences {
  /** Longer waits are cut to this one: the gateway gives up after 30 s. */
  private static final int LONGEST_WAIT_SECONDS = 25;

  private static final Pattern WAIT =
      Pattern.compile(
          "(?:^|,)\\s*wait\\s*=\\s*\"?([0-9]{1,9})\"?\\s*(?=[;,]|$)", Pattern.CASE_INSENSITIVE);

  private Preferences() {}

  /** How long the answer may be held until the job has ended: {@code Prefer: wait=N}. */
  public static Optional<Duration> wait(ApiRequest request) {
    return request
        .header("prefer")
        .map(WAIT::matcher)
        .filter(Matcher::find)
        .map(wait -> Math.min(LONGEST_WAIT_SECONDS, Integer.parseInt(wait.group(1))))
        .map(Duration::ofSeconds);
  }
}
