package dev.promptlab.cache;

final class InMemoryPopularityTest extends PopularityContract {
  private final Popularity popularity = new InMemoryPopularity(clock);

  @Override
  protected Popularity popularity() {
    return popularity;
  }

  @Override
  protected void arrive() {
    // It is there already.
  }
}
