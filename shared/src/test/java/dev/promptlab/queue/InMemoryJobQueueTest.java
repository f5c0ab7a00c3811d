package dev.promptlab.queue;

import java.util.List;

final class InMemoryJobQueueTest extends JobQueueContract {
  private final InMemoryJobQueue queue = new InMemoryJobQueue();

  @Override
  protected JobQueue queue() {
    return queue;
  }

  @Override
  protected List<Received> receive() {
    return queue.receive();
  }

  @Override
  protected List<Received> receiveDeadLetters() {
    return queue.deadLetters();
  }
}
