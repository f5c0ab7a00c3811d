package dev.promptlab.cache;

import dev.promptlab.epoch.Committed;
import java.util.List;
import java.util.Optional;

/**
 * The truth about what has been invalidated. All calls throw {@link
 * dev.promptlab.rdsdata.DatabaseUnavailableException}. Thread-safe.
 */
public interface InvalidationStore {
  /** What is to be invalidated. */
  sealed interface Target {
    record Template(String templateId) implements Target {}

    record Input(InputHash hash) implements Target {}

    record Keys(KeyPattern pattern) implements Target {}
  }

  /**
   * Invalidates the results there are, and those of jobs that run now.
   *
   * @param reason for people; kept with it
   * @return how many results could have been reused
   */
  Committed<Long> invalidate(Target target, String reason);

  /** All that matter still. */
  Invalidations current();

  /**
   * The inputs of a template that may have results in the cache, 1,000 at a time and in order.
   *
   * @param after the last one of the call before
   */
  List<InputHash> cachedInputs(String templateId, Optional<InputHash> after);
}
