package dev.promptlab.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Results by the hash of their input. Fails open: while the store does not answer, a read is a miss
 * and a write is lost, within the store's time budget, with a log line and no exception.
 * Thread-safe.
 */
public interface ResultCache {

  Optional<CachedResult> get(InputHash hash);

  /**
   * Keeps a result until its {@code cacheableUntil}, or up to 10 % of the time that is left
   * earlier, so that what was written together does not expire together. A result of a younger job,
   * if there is one already, stays.
   *
   * @return whether there is one now; if not, the write was lost or the result's time is over
   */
  boolean set(CachedResult result);

  /**
   * The same as {@link #set} for a result that is stored elsewhere too: lost at once while the
   * store is known not to answer, so that nobody waits for it twice.
   */
  void fill(CachedResult result);

  /** Whether there was one. */
  boolean delete(InputHash hash);

  boolean exists(InputHash hash);

  /**
   * Those of many inputs that have a result.
   *
   * @throws CacheUnavailableException if the store does not answer: this alone does not fail open,
   *     as who asks for so many wants to make up for those that are missing
   */
  Set<InputHash> existing(Collection<InputHash> hashes);

  void deleteAll(Collection<InputHash> hashes);

  /**
   * Deletes all results under keys that match, step by step, until done or {@code budget} is over:
   * to free what will not be served any more.
   */
  void deleteMatching(KeyPattern pattern, Duration budget);

  /** The result that is there, else the supplier's, which is then set. */
  default Optional<CachedResult> getOrSet(
      InputHash hash, Supplier<Optional<CachedResult>> supplier) {
    Optional<CachedResult> present = get(hash);
    if (present.isPresent()) {
      return present;
    }
    Optional<CachedResult> supplied = supplier.get();
    supplied.ifPresent(this::fill);
    return supplied;
  }
}
