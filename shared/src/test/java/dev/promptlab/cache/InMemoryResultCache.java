package dev.promptlab.cache;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** A cache without a store. */
public final class InMemoryResultCache implements ResultCache {
  private final Map<InputHash, CachedResult> results = new ConcurrentHashMap<>();
  private final Clock clock;
  private volatile boolean full;

  public InMemoryResultCache(Clock clock) {
    this.clock = clock;
  }

  /** Lets every write be lost from now on. */
  public void setFull(boolean nowFull) {
    full = nowFull;
  }

  @Override
  public Optional<CachedResult> get(InputHash hash) {
    return Optional.ofNullable(results.get(hash))
        .filter(result -> clock.instant().isBefore(result.cacheableUntil()));
  }

  @Override
  public boolean set(CachedResult result) {
    if (full) {
      return false;
    }
    results.merge(
        result.inputHash(),
        result,
        (old, young) -> old.createdAt().isAfter(young.createdAt()) ? old : young);
    return exists(result.inputHash());
  }

  @Override
  public void fill(CachedResult result) {
    var _ = set(result);
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
  public Set<InputHash> existing(Collection<InputHash> hashes) {
    return hashes.stream().filter(this::exists).collect(Collectors.toSet());
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
