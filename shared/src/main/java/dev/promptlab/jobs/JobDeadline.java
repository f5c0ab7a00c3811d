package dev.promptlab.jobs;

import dev.promptlab.config.Environment;
import java.time.Duration;

/** From acceptance to a job's end: the setting {@code JOB_DEADLINE_SECONDS}. */
public final class JobDeadline {
  private JobDeadline() {}

  /**
   * The deadline that is configured.
   *
   * @throws dev.promptlab.config.InvalidSettingException if it is unusable
   */
  public static Duration of(Environment environment) {
    return environment.seconds(
        "JOB_DEADLINE_SECONDS",
        Duration.ofMinutes(10),
        Duration.ofSeconds(10),
        Duration.ofHours(12));
  }
}
