package dev.promptlab.cache;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A cache without a store. */
public final class InMemoryResultCache implements ResultCache {
  private final Map<InputHash, CachedResult> results = new ConcurrentHashMap<>();
  private final Clock clock;

  public InMemoryResultCache(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Optional<CachedResult> get(InputHash hash) {
    return Optional.ofNullable(results.get(hash))
        .filter(result -> clock.instant().isBefore(result.cacheableUntil()));
  }

  @Override
  public void set(CachedResult result) {
    results.merge(
        result.inputHash(),
        result,
        (old, young) -> old.createdAt().isAfter(young.createdAt()) ? old : young);
  }

  @Override
  public boolean delete(InputHash hash) {
    return results.remove(hash) != null;
  }

  @Override
  public boolean exists(InputHash hash) {
    return get(hash).isPresent();
  }

  @Override
  public void deleteAll(Collection<InputHash> hashes) {
    hashes.forEach(results::remove);
  }

  @Override
  public void deleteMatching(KeyPattern pattern, Duration budget) {
    results.keySet().removeIf(pattern::matches);
  }
}
