package dev.promptlab.epoch;

import java.time.Duration;
import java.util.Optional;

/**
 * Stamped values that all processes share, so that a new one need not ask the database for what
 * others know. Fails open: a value that cannot be read is none. Thread-safe.
 */
public interface SharedCopy<K, V> {
  Optional<Stamped<V>> get(K key);

  void put(K key, Stamped<V> value, Duration life);

  /** Remembers nothing. */
  static <K, V> SharedCopy<K, V> none() {
    return new SharedCopy<>() {
      @Override
      public Optional<Stamped<V>> get(K key) {
        return Optional.empty();
      }

      @Override
      public void put(K key, Stamped<V> value, Duration life) {}
    };
  }
}
