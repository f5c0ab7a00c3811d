package dev.promptlab.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every channel for invalidations does. */
public abstract class InvalidationChannelContract {
  private static final InvalidationChannel.Message MESSAGE =
      new InvalidationChannel.Message(KeyPattern.everything(), "a \"test\"");

  /** A channel to listen to. */
  protected abstract InvalidationChannel listening();

  /** Another instance's, of the same messages. */
  protected abstract InvalidationChannel publishing();

  /** Returns once what is published is heard by who has begun to listen. */
  protected abstract void awaitListening();

  @Test
  void tellsWhoListens_ofEachMessage() throws InterruptedException {
    Semaphore heard = new Semaphore(0);
    listening().listen(heard::release);
    awaitListening();
    publishing().publish(MESSAGE);
    publishing().publish(MESSAGE);
    assertThat(heard.tryAcquire(2, 20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void publishes_alsoWhereNobodyListens() {
    publishing().publish(MESSAGE);
  }
}
