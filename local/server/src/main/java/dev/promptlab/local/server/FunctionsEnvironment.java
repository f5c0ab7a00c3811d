package dev.promptlab.local.server;

import dev.promptlab.accounts.TrustedProxies;
import dev.promptlab.config.Environment;
import dev.promptlab.pricing.PriceTable;
import dev.promptlab.providers.CallLimits;
import dev.promptlab.ratelimit.RateLimits;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The environment variables that the functions get here. */
final class FunctionsEnvironment {
  /** What the user may set as on Lambda; the rest of the user's environment stays out. */
  private static final List<String> USER_SETTINGS =
      List.of(
          "ANONYMOUS_ACCESS",
          "CACHE_TTL_SECONDS",
          "DAILY_BUDGET_USD",
          "INSTANCES",
          "JOB_DEADLINE_SECONDS",
          "LLM_PRICES",
          "LLM_TIMEOUT_SECONDS",
          "MAX_ATTEMPTS",
          "MAX_WAITERS",
          "PAGE",
          "PROVIDER_CALLS_AT_A_TIME",
          "PROVIDER_CALLS_PER_MINUTE",
          "RATE_LIMITS",
          "RATE_LIMIT_ON_FAILURE",
          "RATE_LIMIT_STORE",
          "RATE_LIMIT_WINDOW_SECONDS",
          "REDIS_CACHE_URL",
          "REDIS_COMMAND_TIMEOUT_MS",
          "RETENTION_DAYS",
          "TRUSTED_PROXY",
          "WARM_INTERVAL_MINUTES",
          "WARM_REDIS_URLS",
          "WARM_REGENERATE");

  private FunctionsEnvironment() {}

  /**
   * Refuses the likeliest mistakes before any server is started; the functions read the rest.
   *
   * @throws dev.promptlab.config.InvalidSettingException naming the setting
   */
  static void check(Environment user) {
    user.flag("ANONYMOUS_ACCESS", true);
    user.flag("PAGE", true);
    new RateLimits(user);
    RateLimitStore.of(user);
    TrustedProxies.of(user);
    PriceTable.of(user);
    CallLimits.of(user);
  }

  /** Where several name a setting, the later argument has the say. */
  static Map<String, String> of(Map<String, String> services, LlmChoice llm, Environment user) {
    Map<String, String> all = new TreeMap<>(services);
    all.put("ANONYMOUS_ACCESS", "on");
    all.put("PAGE", "on");
    // Everything shares this machine's cores; on AWS it is 50 ms.
    all.put("REDIS_COMMAND_TIMEOUT_MS", "250");
    all.putAll(llm.environment());
    USER_SETTINGS.forEach(name -> user.text(name).ifPresent(value -> all.put(name, value)));
    return Map.copyOf(all);
  }
}
