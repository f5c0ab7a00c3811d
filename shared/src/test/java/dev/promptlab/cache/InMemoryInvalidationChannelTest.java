package dev.promptlab.cache;

final class InMemoryInvalidationChannelTest extends InvalidationChannelContract {
  private final InMemoryInvalidationChannel channel = new InMemoryInvalidationChannel();

  @Override
  protected InvalidationChannel listening() {
    return channel;
  }

  @Override
  protected InvalidationChannel publishing() {
    return channel;
  }

  @Override
  protected void awaitListening() {}
}
