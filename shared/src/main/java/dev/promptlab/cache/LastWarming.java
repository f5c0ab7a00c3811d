package dev.promptlab.cache;

import java.util.Optional;

/**
 * What a cache was last warmed with; gone when the cache's content is. All calls throw {@link
 * CacheUnavailableException}. Thread-safe.
 */
public interface LastWarming {

  /** The {@link Popularity.Top#version} of the last run that came to its end; empty: none known. */
  Optional<String> version();

  void set(String version);
}
