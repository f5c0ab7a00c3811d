package dev.promptlab.jobs;

import java.util.Locale;

/** Where a job stands; the last three are its ends. */
public enum JobStatus {
  QUEUED,
  PROCESSING,
  COMPLETED,
  FAILED,
  CANCELLED;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The status of that name.
   *
   * @throws IllegalArgumentException if no status has that name
   */
  public static JobStatus named(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }

  public boolean ended() {
    return this != QUEUED && this != PROCESSING;
  }
}
