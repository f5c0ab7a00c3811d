package dev.promptlab.bench;

/** A part of the benchmark that can be run alone. */
public interface Part {
  /** As in {@code scripts/bench PART}. */
  String name();

  /**
   * Measures.
   *
   * @param runs how often; each figure's median counts
   * @throws Exception whatever went wrong: then there is no result
   */
  PartResult measure(int runs) throws Exception;
}
