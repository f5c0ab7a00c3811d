package dev.promptlab.epoch;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What this process remembers of the database, each entry stamped with the epoch that was read
 * before it. An entry is good while that epoch is in force, for 60 s at most from its read of the
 * database; after that it is asked for again: from the copy that all processes share, then from the
 * database. Keeps the entries that were used last. Thread-safe.
 */
public final class EpochCopy<K, V> {
  private static final Duration LIFE = Duration.ofSeconds(60);

  private final SharedCopy<K, V> shared;
  private final Function<K, V> database;
  private final Map<K, Stamped<V>> local;

  /**
   * An empty copy.
   *
   * @param database reads the truth
   * @param maxEntries kept here
   */
  public EpochCopy(SharedCopy<K, V> shared, Function<K, V> database, int maxEntries) {
    this.shared = shared;
    this.database = database;
    this.local =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Stamped<V>> eldest) {
            return size() > maxEntries;
          }
        };
  }

  /** What is remembered here, good or not: to be confirmed by {@link #get} before it counts. */
  public Optional<V> peek(K key) {
    synchronized (local) {
      return Optional.ofNullable(local.get(key)).map(Stamped::value);
    }
  }

  /**
   * The value as it is in the epoch that was read, or younger.
   *
   * @throws RuntimeException of the database
   */
  public V get(K key, EpochReading reading) {
    Stamped<V> known;
    synchronized (local) {
      known = local.get(key);
    }
    if (known != null && good(known, reading)) {
      return known.value();
    }
    Stamped<V> found = shared.get(key).filter(stamped -> good(stamped, reading)).orElse(null);
    if (found == null) {
      found = new Stamped<>(reading.token(), reading.at(), database.apply(key));
      shared.put(key, found, LIFE);
    }
    synchronized (local) {
      local.put(key, found);
    }
    return found.value();
  }

  /**
   * The value as the database has it now: for where the epoch cannot be read.
   *
   * @throws RuntimeException of the database
   */
  public V read(K key) {
    return database.apply(key);
  }

  private static boolean good(Stamped<?> stamped, EpochReading reading) {
    // Not before its read: a clock that stepped back must not make it live longer.
    return stamped.token().equals(reading.token())
        && !reading.at().isBefore(stamped.readAt())
        && reading.at().isBefore(stamped.readAt().plus(LIFE));
  }
}
