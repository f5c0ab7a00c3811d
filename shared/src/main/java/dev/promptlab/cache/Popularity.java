package dev.promptlab.cache;

import java.util.List;

/**
 * Which inputs are asked for most, of late: a request counts half after an hour, a quarter after
 * two. Approximate: counts travel with later commands, and those of an instance that dies are lost.
 * Thread-safe.
 */
public interface Popularity {

  /** Counts a request that a cached result may answer. Never fails and never waits. */
  void count(InputHash hash);

  /**
   * The inputs with the highest counts.
   *
   * @throws CacheUnavailableException if the store could not be asked
   */
  Top top(int limit);

  /**
   * A moment's list.
   *
   * @param inputs the most popular first
   * @param version another one as soon as one of these has been asked for again, or others have
   *     taken their places
   */
  record Top(List<Input> inputs, String version) {
    public Top {
      inputs = List.copyOf(inputs);
    }
  }

  /**
   * One of the list.
   *
   * @param requests as they count now
   */
  record Input(InputHash hash, double requests) {}
}
