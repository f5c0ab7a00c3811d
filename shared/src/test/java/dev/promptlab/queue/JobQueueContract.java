package dev.promptlab.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every job queue does. Each test starts with both queues empty. */
public abstract class JobQueueContract {

  /** A message as it is delivered. */
  public record Received(String body, String receiptHandle, Optional<String> reason) {}

  protected abstract JobQueue queue();

  /** What the queue delivers now, waiting for it for a while if there is nothing. */
  protected abstract List<Received> receive();

  protected abstract List<Received> receiveDeadLetters();

  @Test
  void deliversWhatWasSent() {
    JobMessage message = new JobMessage(UUID.randomUUID());
    queue().send(message);
    assertThat(receive())
        .singleElement()
        .satisfies(it -> assertThat(JobMessage.ofBody(it.body())).isEqualTo(message));
  }

  @Test
  void deliversAgainAtOnce_whenTheDelayIsZero() {
    queue().send(new JobMessage(UUID.randomUUID()));
    Received first = receive().getFirst();
    queue().retryAfter(first.receiptHandle(), Duration.ZERO);
    assertThat(receive())
        .singleElement()
        .satisfies(it -> assertThat(it.body()).isEqualTo(first.body()));
  }

  @Test
  void holdsAMessageBack_whileItsDelayLasts() {
    queue().send(new JobMessage(UUID.randomUUID()));
    queue().retryAfter(receive().getFirst().receiptHandle(), Duration.ofHours(11));
    assertThat(receive()).isEmpty();
  }

  @Test
  void putsDeadLettersAside_withTheirReason() {
    queue().deadLetter("{not json é", "malformed: is not valid JSON");
    assertThat(receiveDeadLetters())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.body()).isEqualTo("{not json é");
              assertThat(it.reason()).contains("malformed: is not valid JSON");
            });
    assertThat(receive()).isEmpty();
  }
}
