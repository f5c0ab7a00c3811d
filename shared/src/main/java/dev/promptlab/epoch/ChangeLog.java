package dev.promptlab.epoch;

import java.util.Collection;
import java.util.List;

/**
 * The changes that are committed and of which it is not known that every instance has been told.
 * Both calls throw {@link dev.promptlab.rdsdata.DatabaseUnavailableException}. Thread-safe.
 */
public interface ChangeLog {
  /** Up to 1,000 of them, the oldest first. */
  List<Long> pending();

  /** Forgets changes: the epoch was advanced after they were committed. */
  void told(Collection<Long> changeIds);
}
