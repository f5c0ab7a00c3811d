package dev.promptlab.outage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.epoch.EpochUnavailableException;
import dev.promptlab.queue.JobQueueUnavailableException;
import dev.promptlab.rdsdata.DatabaseUnavailableException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class OutageExceptionTest {
  @Test
  void saysWhatFailed_withoutTheWordsOfTheCause() {
    assertThat(new JobQueueUnavailableException(new IllegalStateException("secret")))
        .hasMessage("the queue could not be asked (IllegalStateException)");
    assertThat(
            new DatabaseUnavailableException(
                new IllegalStateException("secret", new IOException("secret"))))
        .hasMessage("the database could not be asked (IllegalStateException, IOException)");
  }

  @Test
  void saysTheSqlState_ofWhatTheDatabaseRefused() {
    assertThat(
            new DatabaseUnavailableException(
                new IllegalStateException("ERROR: secret; SQLState: 22P02")))
        .hasMessage("the database could not be asked (IllegalStateException, SQLState 22P02)");
  }

  @Test
  void saysWhyAnOutageCausedAnother() {
    assertThat(
            new EpochUnavailableException(
                new JobQueueUnavailableException(new IOException("secret"))))
        .hasMessage(
            "the epoch's store could not be asked (the queue could not be asked (IOException))");
  }
}
