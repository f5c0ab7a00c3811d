package dev.promptlab.bench.growth;

import dev.promptlab.bench.inprocess.Callers;
import dev.promptlab.ratelimit.RateLimit;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** How much there is in a Redis; each level has one of its own. */
enum Level {
  ONE(1, 1, Duration.ofSeconds(1)),
  THOUSAND(1_000, 1_000, Duration.ofSeconds(1)),
  /** Its windows are long, so that who does not ask again during the measurement stays in Redis. */
  MILLION(1_000_000, 1_000_000, Duration.ofHours(2));

  /** Of the results some are asked for; the others are copies of them. */
  static final int MOST_INPUTS = 10_000;

  private static final int LIMIT = 1_000_000;

  private final int identities;
  private final int results;
  private final Duration window;

  Level(int identities, int results, Duration window) {
    this.identities = identities;
    this.results = results;
    this.window = window;
  }

  int identities() {
    return identities;
  }

  int results() {
    return results;
  }

  /** Of how many inputs there are results. */
  int inputs() {
    return Math.min(results, MOST_INPUTS);
  }

  RateLimit limit() {
    return new RateLimit("bench", LIMIT, window);
  }

  /** Under which setting a benchmark finds this level's Redis. */
  String urlSetting() {
    return "REDIS_URL_" + name();
  }

  /** The settings of a function that uses this level's Redis. */
  Map<String, String> settings(Map<String, String> all) {
    Map<String, String> settings = new TreeMap<>(all);
    settings.put("REDIS_URL", settings.getOrDefault(urlSetting(), ""));
    settings.put("ANONYMOUS_ACCESS", "on");
    settings.put("RATE_LIMITS", "anonymous=" + LIMIT);
    settings.put("RATE_LIMIT_WINDOW_SECONDS", Long.toString(window.toSeconds()));
    return settings;
  }

  /** As the function counts a caller without a key. */
  static String identity(int caller) {
    return "ip:" + Callers.address(caller);
  }
}
