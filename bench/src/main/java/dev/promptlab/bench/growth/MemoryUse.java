package dev.promptlab.bench.growth;

import dev.promptlab.bench.PartResult.Table;
import dev.promptlab.local.services.LocalRedis;
import dev.promptlab.ratelimit.RateLimit;
import dev.promptlab.ratelimit.redis.RateLimitStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What an identity and a cached result take in Redis, keys and their expiry included. */
final class MemoryUse {
  private static final int ENTRIES = 1_024;
  private static final RateLimit LIMIT = new RateLimit("bench", 1_000, Duration.ofHours(1));

  private MemoryUse() {}

  static Table measure() {
    List<List<String>> rows = new ArrayList<>();
    try (LocalRedis redis = LocalRedis.start(Optional.empty());
        Filling filling = new Filling(redis.url())) {
      for (RateLimitStore store : RateLimitStore.values()) {
        for (int requests : new int[] {10, 100}) {
          rows.add(
              row(
                  "identity with %d requests in its window, %s"
                      .formatted(requests, store == RateLimitStore.RING ? "ring" : "sorted set"),
                  each(filling, () -> filling.identities(store, LIMIT, ENTRIES, requests))));
        }
      }
      rows.add(row("result of 2 KiB", each(filling, () -> filling.results(ENTRIES, ENTRIES))));
    }
    return new Table("Memory in Redis", List.of("of one", "bytes"), rows);
  }

  /** The difference that so many make, for each; after a first time, which loads scripts. */
  private static double each(Filling filling, Runnable fill) {
    fill.run();
    filling.clear();
    long before = filling.usedMemory();
    fill.run();
    long after = filling.usedMemory();
    filling.clear();
    return (double) (after - before) / ENTRIES;
  }

  private static List<String> row(String name, double bytes) {
    return List.of(name, String.format(Locale.ROOT, "%,.0f", bytes));
  }
}
