package dev.promptlab.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What everything does that waits for the ends of jobs. */
public abstract class JobWaitsContract {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(50);
  protected static final int SEATS = 3;

  private final String account = "acct-" + UUID.randomUUID();
  private final UUID jobId = UUID.randomUUID();

  protected abstract JobEnds ends();

  protected abstract JobWaits waits();

  private JobWaits.Wait begun(UUID job, String who) {
    return waits().begin(job, who, UUID.randomUUID().toString(), LONG).orElseThrow();
  }

  private static Duration timed(Runnable action) {
    long start = System.nanoTime();
    action.run();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Test
  void returnsWhenTheEndIsAnnounced() {
    try (JobWaits.Wait wait = begun(jobId, account)) {
      Thread.ofVirtual().start(() -> ends().announce(jobId));
      assertThat(timed(() -> wait.await(LONG))).isLessThan(LONG.dividedBy(2));
    }
  }

  @Test
  void missesNoEnd_thatIsAnnouncedBeforeTheWaiting() {
    try (JobWaits.Wait wait = begun(jobId, account)) {
      ends().announce(jobId);
      assertThat(timed(() -> wait.await(LONG))).isLessThan(LONG.dividedBy(2));
    }
  }

  @Test
  void returnsWhenTheTimeIsOver_whateverOtherJobsDo() {
    try (JobWaits.Wait wait = begun(jobId, account)) {
      ends().announce(UUID.randomUUID());
      assertThat(timed(() -> wait.await(SHORT))).isGreaterThanOrEqualTo(SHORT);
    }
  }

  @Test
  void tellsEachWhoWaitsForTheJob() {
    try (JobWaits.Wait one = begun(jobId, account);
        JobWaits.Wait two = begun(jobId, account + "-2")) {
      ends().announce(jobId);
      assertThat(
              timed(
                  () -> {
                    one.await(LONG);
                    two.await(LONG);
                  }))
          .isLessThan(LONG.dividedBy(2));
    }
  }

  @Test
  void letsTwoOfAnAccountWait_andAsManyAsThereAreSeats() {
    try (JobWaits.Wait _ = begun(UUID.randomUUID(), account)) {
      try (JobWaits.Wait _ = begun(UUID.randomUUID(), account)) {
        assertThat(refused(account)).isTrue();
        try (JobWaits.Wait _ = begun(UUID.randomUUID(), account + "-2")) {
          assertThat(refused(account + "-3")).as("no seat is left").isTrue();
        }
      }
      // It is given back without being waited for.
      long end = System.nanoTime() + LONG.toNanos();
      Optional<JobWaits.Wait> again = Optional.empty();
      while (again.isEmpty() && System.nanoTime() < end) {
        again = waits().begin(UUID.randomUUID(), account, "again", LONG);
      }
      assertThat(again).isPresent();
      again.get().close();
    }
  }

  private boolean refused(String who) {
    return waits().begin(UUID.randomUUID(), who, UUID.randomUUID().toString(), LONG).isEmpty();
  }
}
