package dev.promptlab.cache;

import java.util.Optional;

/** The mark of the last warming without a store. */
public final class InMemoryLastWarming implements LastWarming {
  private Optional<String> last = Optional.empty();

  @Override
  public synchronized Optional<String> version() {
    return last;
  }

  @Override
  public synchronized void set(String version) {
    last = Optional.of(version);
  }
}
