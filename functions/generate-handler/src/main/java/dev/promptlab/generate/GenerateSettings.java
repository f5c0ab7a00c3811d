package dev.promptlab.generate;

import dev.promptlab.accounts.TrustedProxies;
import dev.promptlab.config.Environment;
import dev.promptlab.generation.ConfiguredProviders;
import dev.promptlab.generation.DefaultModels;
import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.JobDeadline;
import dev.promptlab.pricing.DailyBudget;
import dev.promptlab.pricing.PriceTable;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.ratelimit.RateLimits;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * How this function is set.
 *
 * @param anonymousAccess whether callers without a key are served ({@code ANONYMOUS_ACCESS})
 * @param jobDeadline from acceptance to a job's end ({@code JOB_DEADLINE_SECONDS})
 * @param cacheTtl of results whose template has none ({@code CACHE_TTL_SECONDS})
 * @param dailyBudget what the jobs of all accounts may cost a day, UTC ({@code DAILY_BUDGET_USD});
 *     empty: no cap
 * @param maxWaiters how many requests may wait for a job at a time, in all instances together
 *     ({@code MAX_WAITERS})
 * @param page whether there is a page to try the API with ({@code PAGE})
 */
record GenerateSettings(
    Set<Provider> providers,
    DefaultModels models,
    PriceTable prices,
    RateLimits limits,
    TrustedProxies proxies,
    boolean anonymousAccess,
    Duration jobDeadline,
    Duration cacheTtl,
    Optional<UsdAmount> dailyBudget,
    int maxWaiters,
    boolean page) {
  static GenerateSettings of(Environment environment) {
    Set<Provider> providers = ConfiguredProviders.of(environment);
    return new GenerateSettings(
        providers,
        DefaultModels.of(environment, providers),
        PriceTable.of(environment),
        new RateLimits(environment),
        TrustedProxies.of(environment),
        environment.flag("ANONYMOUS_ACCESS", false),
        JobDeadline.of(environment),
        environment.seconds(
            "CACHE_TTL_SECONDS", Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofDays(30)),
        DailyBudget.of(environment),
        environment.integer("MAX_WAITERS", 100, 0, 1_000),
        environment.flag("PAGE", false));
  }
}
