package dev.promptlab.cache;

import dev.promptlab.epoch.Committed;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Invalidations without a database. */
public final class InMemoryInvalidationStore implements InvalidationStore {
  private final List<Invalidation> rows = new ArrayList<>();
  private final Clock clock;
  private ToLongFunction<Invalidation> jobs = _ -> 0;
  private long changes;
  private int reads;

  public InMemoryInvalidationStore(Clock clock) {
    this.clock = clock;
  }

  /** Lets jobs that match be seen to; the result is how many could have been reused. */
  public void onInvalidation(ToLongFunction<Invalidation> action) {
    jobs = action;
  }

  /** How often the current ones were asked for. */
  public synchronized int reads() {
    return reads;
  }

  public synchronized void add(InputHash hash, Instant before) {
    rows.add(new Invalidation(Optional.empty(), Optional.of(hash), Optional.empty(), before));
  }

  @Override
  public Committed<Long> invalidate(Target target, String reason) {
    Invalidation row =
        new Invalidation(
            target instanceof Target.Template(String id) ? Optional.of(id) : Optional.empty(),
            target instanceof Target.Input(InputHash hash) ? Optional.of(hash) : Optional.empty(),
            target instanceof Target.Keys(KeyPattern keys) ? Optional.of(keys) : Optional.empty(),
            clock.instant());
    long reusable = jobs.applyAsLong(row);
    synchronized (this) {
      rows.add(row);
      return new Committed<>(reusable, ++changes);
    }
  }

  @Override
  public synchronized Invalidations current() {
    reads++;
    return new Invalidations(rows);
  }

  @Override
  public List<InputHash> cachedInputs(String templateId, Optional<InputHash> after) {
    return List.of();
  }
}
