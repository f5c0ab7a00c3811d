package dev.promptlab.cache;

import java.util.ArrayList;
import java.util.List;

/** A channel within one JVM. */
public final class InMemoryInvalidationChannel implements InvalidationChannel {
  private final List<Runnable> listeners = new ArrayList<>();
  private final List<Message> published = new ArrayList<>();

  @Override
  public synchronized void publish(Message message) {
    published.add(message);
    listeners.forEach(Runnable::run);
  }

  @Override
  public synchronized void listen(Runnable listener) {
    listeners.add(listener);
  }

  /** All messages, the oldest first. */
  public synchronized List<Message> published() {
    return List.copyOf(published);
  }
}
