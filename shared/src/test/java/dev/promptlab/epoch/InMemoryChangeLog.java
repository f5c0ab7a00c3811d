package dev.promptlab.epoch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A change log without a database. */
public final class InMemoryChangeLog implements ChangeLog {
  private final List<Long> pending = new ArrayList<>();
  private final List<Long> told = new ArrayList<>();

  public synchronized void add(long changeId) {
    pending.add(changeId);
  }

  /** All that were told. */
  public synchronized List<Long> toldSoFar() {
    return List.copyOf(told);
  }

  @Override
  public synchronized List<Long> pending() {
    return List.copyOf(pending);
  }

  @Override
  public synchronized void told(Collection<Long> changeIds) {
    told.addAll(changeIds);
    pending.removeAll(changeIds);
  }
}
