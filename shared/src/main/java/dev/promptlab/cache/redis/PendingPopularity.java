package dev.promptlab.cache.redis;

import dev.promptlab.cache.InputHash;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one instance has counted and not sent yet, the oldest first. When it is full, an input that
 * is not in it is not counted: which ones these are is chance, so the popular ones get through.
 * Thread-safe.
 */
final class PendingPopularity {
  private static final int MOST_INPUTS = 1_000;

  private final Map<InputHash, Integer> counts = new LinkedHashMap<>();

  synchronized void add(InputHash hash, int requests) {
    if (counts.size() < MOST_INPUTS || counts.containsKey(hash)) {
      counts.merge(hash, requests, Integer::sum);
    }
  }

  /** Takes some out. */
  synchronized Map<InputHash, Integer> drain(int most) {
    Map<InputHash, Integer> drained = new HashMap<>();
    Iterator<Map.Entry<InputHash, Integer>> oldest = counts.entrySet().iterator();
    while (oldest.hasNext() && drained.size() < most) {
      Map.Entry<InputHash, Integer> entry = oldest.next();
      drained.put(entry.getKey(), entry.getValue());
      oldest.remove();
    }
    return drained;
  }
}
