package dev.promptlab.cache;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All invalidations that a cached result could still fall under. Immutable. */
public record Invalidations(List<Invalidation> rows) {
  /** More than these count as one, of everything: a miss too many costs less than a long list. */
  public static final int MAX_ROWS = 100;

  public Invalidations {
    rows = List.copyOf(rows.size() > MAX_ROWS ? merged(rows) : rows);
  }

  /** Whether a result must not be served. */
  public boolean cover(CachedResult result) {
    return rows.stream().anyMatch(row -> row.covers(result));
  }

  private static List<Invalidation> merged(List<Invalidation> rows) {
    Instant last =
        rows.stream().map(Invalidation::before).max(Comparator.naturalOrder()).orElseThrow();
    return List.of(
        new Invalidation(
            Optional.empty(), Optional.empty(), Optional.of(KeyPattern.everything()), last));
  }
}
