package dev.promptlab.cache;

import java.time.Clock;

final class InMemoryResultCacheTest extends ResultCacheContract {
  private final ResultCache cache = new InMemoryResultCache(clock());

  @Override
  protected ResultCache cache() {
    return cache;
  }

  @Override
  protected Clock clock() {
    return Clock.systemUTC();
  }
}
