package dev.promptlab.worker;

import dev.promptlab.config.Environment;
import java.time.Duration;

/**
 * How jobs are run.
 *
 * @param maxAttempts LLM calls for one job ({@code MAX_ATTEMPTS})
 * @param cacheTtl where a template has none ({@code CACHE_TTL_SECONDS})
 * @param llmTimeout for one answer ({@code LLM_TIMEOUT_SECONDS}); below the function's own time-out
 *     of 90 s
 */
record WorkerSettings(int maxAttempts, Duration cacheTtl, Duration llmTimeout) {
  static WorkerSettings of(Environment environment) {
    return new WorkerSettings(
        environment.integer("MAX_ATTEMPTS", 5, 1, 100),
        environment.seconds(
            "CACHE_TTL_SECONDS", Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofDays(30)),
        environment.seconds(
            "LLM_TIMEOUT_SECONDS",
            Duration.ofSeconds(60),
            Duration.ofSeconds(1),
            Duration.ofSeconds(80)));
  }
}
