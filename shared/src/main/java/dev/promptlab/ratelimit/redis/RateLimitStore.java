package dev.promptlab.ratelimit.redis;

import dev.promptlab.config.Environment;
import dev.promptlab.redis.RedisScript;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How the window of an identity is kept in Redis: the setting {@code RATE_LIMIT_STORE}. All decide
 * alike; they differ in memory and in time. Keys do not mix: who changes the store begins with
 * empty windows.
 */
public enum RateLimitStore {
  /** A sorted set of request ids: time grows with the logarithm of the limit. */
  SORTED_SET("sorted-set", "api-ratelimit:"),
  /** A packed string of stamps: a tenth of the memory where limits are in the hundreds and more. */
  RING("ring", "api-ratelimit-ring:");

  private final String settingName;
  private final String keyPrefix;

  RateLimitStore(String settingName, String keyPrefix) {
    this.settingName = settingName;
    this.keyPrefix = keyPrefix;
  }

  /**
   * The store that is configured; without a setting, the sorted set.
   *
   * @throws dev.promptlab.config.InvalidSettingException if there is none of that name
   */
  public static RateLimitStore of(Environment environment) {
    return environment
        .parsed(
            "RATE_LIMIT_STORE",
            RateLimitStore::named,
            "must be "
                + Arrays.stream(values())
                    .map(store -> store.settingName)
                    .collect(Collectors.joining(" or ")))
        .orElse(SORTED_SET);
  }

  private static RateLimitStore named(String name) {
    return Arrays.stream(values())
        .filter(store -> store.settingName.equals(name))
        .findAny()
        .orElseThrow(() -> new IllegalArgumentException(name));
  }

  String keyPrefix() {
    return keyPrefix;
  }

  RedisScript checkScript() {
    return RedisScript.fromResource(RateLimitStore.class, settingName + ".lua");
  }

  RedisScript refundScript() {
    return RedisScript.fromResource(RateLimitStore.class, settingName + "-refund.lua");
  }
}
