package dev.promptlab.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.pricing.UsdAmount;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every place for parked answers does. */
public abstract class ParkedAnswersContract {
  private final UUID jobId = UUID.randomUUID();

  protected abstract ParkedAnswers parked();

  protected static PaidAnswer answer(String output) {
    return new PaidAnswer(
        new Generation("model-1", output, FinishReason.STOP, new TokenUsage(12, 34)),
        new UsdAmount(210_001),
        true);
  }

  @Test
  void findsWhatWasParked_whateverTheOutput() {
    for (String output :
        List.of(
            "",
            "é \"🚀\"\n\u0001",
            "the same again ".repeat(1_000),
            "\u0001".repeat(Generation.MAX_OUTPUT_BYTES))) {
      parked().park(jobId, answer(output));
      assertThat(parked().find(jobId).equals(Optional.of(answer(output))))
          .as("length %d", output.length())
          .isTrue();
    }
  }

  @Test
  void findsNothing_whereNothingWasParked() {
    parked().park(UUID.randomUUID(), answer("another job's"));
    assertThat(parked().find(jobId)).isEmpty();
  }

  @Test
  void forgetsWhatIsDeleted() {
    parked().park(jobId, answer("x"));
    parked().delete(jobId);
    parked().delete(jobId);
    assertThat(parked().find(jobId)).isEmpty();
  }
}
