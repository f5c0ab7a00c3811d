package dev.promptlab.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.generation.Generation;
import dev.promptlab.generation.Provider;
import dev.promptlab.pricing.UsdAmount;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every job store does for those who run jobs. */
public abstract class JobRunsContract extends JobStoreFixture {
  @Test
  void handsOutWhatAWorkerNeeds() {
    NewJob job = newJob();
    store().accept(job);
    assertThat(runs().claim(job.jobId(), UUID.randomUUID(), LEASE, 5))
        .isInstanceOfSatisfying(
            Claim.Claimed.class,
            claimed -> {
              assertThat(claimed.input()).isEqualTo(input);
              assertThat(claimed.inputHash()).isEqualTo(job.inputHash());
              assertThat(claimed.templateId()).isEqualTo(TEMPLATE);
              assertThat(claimed.provider()).isEqualTo(Provider.OPENAI);
              assertThat(claimed.account()).isEqualTo(account);
              assertThat(claimed.attempts()).isEqualTo(1);
            });
    assertThat(job(job.jobId()).status()).isEqualTo(JobStatus.PROCESSING);
  }

  @Test
  void givesAJobToOneDeliveryAtATime() {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(token);
    assertThat(runs().claim(jobId, UUID.randomUUID(), LEASE, 5))
        .isInstanceOfSatisfying(
            Claim.Leased.class,
            leased -> assertThat(leased.remaining()).isPositive().isLessThanOrEqualTo(LEASE));
    // The very same statement once more, its answer having been lost, is no second call.
    assertThat(runs().claim(jobId, token, LEASE, 5))
        .isInstanceOfSatisfying(Claim.Claimed.class, it -> assertThat(it.attempts()).isEqualTo(1));
  }

  @Test
  void fencesOffWhoLostTheLease() {
    UUID jobId = queued();
    UUID lost = UUID.randomUUID();
    UUID holder = UUID.randomUUID();
    runs().claim(jobId, lost, Duration.ZERO, 5);
    assertThat(runs().claim(jobId, holder, LEASE, 5))
        .isInstanceOfSatisfying(Claim.Claimed.class, it -> assertThat(it.attempts()).isEqualTo(2));
    assertThat(runs().complete(jobId, lost, generation("late"), COST, HOUR)).isEmpty();
    assertThat(runs().fail(jobId, lost, ERROR, UsdAmount.ZERO)).isFalse();
    assertThat(runs().release(jobId, lost, Duration.ZERO)).isEmpty();
    assertThat(runs().complete(jobId, holder, generation("right"), COST, HOUR)).isPresent();
    assertThat(job(jobId).generation()).contains(generation("right"));
    assertThat(runs().claim(jobId, UUID.randomUUID(), LEASE, 5)).isInstanceOf(Claim.Ended.class);
  }

  @Test
  void answersARepeatedCompletionAlike() {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(token);
    Optional<Completion> first = runs().complete(jobId, token, generation("done"), COST, HOUR);
    assertThat(runs().complete(jobId, token, generation("done"), COST, HOUR)).isEqualTo(first);
    assertThat(job(jobId).generation()).contains(generation("done"));
  }

  @Test
  void keepsAnOutputOfAnySize() {
    for (String output :
        List.of(
            "",
            "x",
            "é".repeat(8_000),
            "🚀 and \"quotes\"\n".repeat(20_000),
            "x".repeat(Generation.MAX_OUTPUT_BYTES))) {
      UUID token = UUID.randomUUID();
      UUID jobId = claimed(token);
      runs().complete(jobId, token, generation(output), COST, Optional.empty());
      assertThat(job(jobId).generation().orElseThrow().output().equals(output))
          .as("length %d", output.length())
          .isTrue();
    }
  }

  @Test
  void givesAReleasedJobToTheNextDelivery() {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(token);
    assertThat(runs().release(jobId, token, Duration.ofSeconds(5))).contains(Duration.ofSeconds(5));
    assertThat(job(jobId).status()).isEqualTo(JobStatus.QUEUED);
    assertThat(runs().claim(jobId, UUID.randomUUID(), LEASE, 5))
        .isInstanceOfSatisfying(Claim.Claimed.class, it -> assertThat(it.attempts()).isEqualTo(2));
  }

  @Test
  void bringsAReleasedJobBack_atItsDeadlineAtTheLatest() {
    NewJob job = newJob(input, DEADLINE);
    UUID jobId = queued(job);
    UUID token = UUID.randomUUID();
    runs().claim(jobId, token, LEASE, 5);
    assertThat(runs().release(jobId, token, DEADLINE.plusHours(1)).orElseThrow())
        .isBetween(DEADLINE.minusMinutes(1), DEADLINE);
  }

  @Test
  void countsNoAttempt_whenAJobIsPostponed() {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(token);
    assertThat(runs().postpone(jobId, UUID.randomUUID(), Duration.ofSeconds(5))).isEmpty();
    assertThat(runs().postpone(jobId, token, Duration.ofSeconds(5)))
        .contains(Duration.ofSeconds(5));
    assertThat(job(jobId).status()).isEqualTo(JobStatus.QUEUED);
    assertThat(job(jobId).attempts()).isZero();
    assertThat(job(jobId).startedAt()).isEmpty();
    assertThat(runs().claim(jobId, UUID.randomUUID(), LEASE, 1))
        .isInstanceOfSatisfying(Claim.Claimed.class, it -> assertThat(it.attempts()).isEqualTo(1));
  }

  @Test
  void givesAJobForNoCall_whenItsAttemptsAreUsedUp() {
    UUID jobId = queued();
    runs().claim(jobId, UUID.randomUUID(), Duration.ZERO, 1);
    UUID token = UUID.randomUUID();
    for (int repeat = 0; repeat < 2; repeat++) {
      assertThat(runs().claim(jobId, token, LEASE, 1))
          .isInstanceOfSatisfying(
              Claim.Exhausted.class, it -> assertThat(it.job().attempts()).isEqualTo(1));
    }
    assertThat(runs().claim(jobId, UUID.randomUUID(), LEASE, 1)).isInstanceOf(Claim.Leased.class);
    runs().uncount(jobId, token);
    assertThat(job(jobId).attempts()).isEqualTo(1);
    assertThat(runs().complete(jobId, token, generation("parked"), COST, HOUR)).isPresent();
  }

  @Test
  void takesBackTheCallOfAClaim_once() {
    UUID jobId = queued();
    UUID lost = UUID.randomUUID();
    UUID holder = UUID.randomUUID();
    runs().claim(jobId, lost, Duration.ZERO, 5);
    runs().claim(jobId, holder, Duration.ZERO, 5);
    runs().uncount(jobId, lost);
    assertThat(job(jobId).attempts()).isEqualTo(2);
    runs().uncount(jobId, holder);
    runs().uncount(jobId, holder);
    assertThat(job(jobId).attempts()).isEqualTo(1);
    assertThat(runs().claim(jobId, UUID.randomUUID(), LEASE, 5))
        .isInstanceOfSatisfying(Claim.Claimed.class, it -> assertThat(it.attempts()).isEqualTo(2));
  }

  @Test
  void writesNothingForWhoLostTheLease_whateverHasBecomeOfTheJob() {
    UUID lost = UUID.randomUUID();
    for (JobStatus end : List.of(JobStatus.QUEUED, JobStatus.FAILED, JobStatus.CANCELLED)) {
      UUID jobId = queued(newJob(another(), DEADLINE));
      runs().claim(jobId, lost, Duration.ZERO, 5);
      UUID holder = UUID.randomUUID();
      if (end == JobStatus.CANCELLED) {
        store().erase(jobId);
        assertThat(runs().claim(jobId, holder, LEASE, 5)).isInstanceOf(Claim.Ended.class);
      } else {
        runs().claim(jobId, holder, LEASE, 5);
        if (end == JobStatus.FAILED) {
          assertThat(runs().fail(jobId, holder, ERROR, UsdAmount.ZERO)).isTrue();
        } else {
          assertThat(runs().release(jobId, holder, Duration.ZERO)).isPresent();
        }
      }
      Job before = job(jobId);
      assertThat(before.status()).isEqualTo(end);
      assertThat(runs().complete(jobId, lost, generation("late"), COST, HOUR)).isEmpty();
      assertThat(runs().fail(jobId, lost, ERROR, UsdAmount.ZERO)).isFalse();
      assertThat(runs().release(jobId, lost, Duration.ZERO)).isEmpty();
      runs().uncount(jobId, lost);
      assertThat(job(jobId)).isEqualTo(before);
    }
  }

  @Test
  void endsAJob_whenItIsClaimedAfterItsDeadline() {
    UUID jobId = queued(newJob(input, Duration.ZERO));
    assertThat(runs().claim(jobId, UUID.randomUUID(), LEASE, 5)).isInstanceOf(Claim.Ended.class);
    assertThat(job(jobId).error().orElseThrow().code()).isEqualTo("deadline-exceeded");
  }

  @Test
  void sweepsWhatIsDue_andLeavesTheRest() {
    UUID fresh = queued();
    UUID abandoned = queued(newJob(another(), DEADLINE));
    runs().claim(abandoned, UUID.randomUUID(), Duration.ZERO, 5);
    SweepReport report = runs().sweep(1_000);
    assertThat(report.due()).contains(abandoned).doesNotContain(fresh);
    assertThat(runs().sweep(1_000).due()).doesNotContain(abandoned);
  }

  @Test
  void sweepsJobsPastTheirDeadlineToTheirEnd() {
    UUID jobId = queued(newJob(input, Duration.ZERO));
    UUID token = UUID.randomUUID();
    makeDue(jobId);
    assertThat(runs().sweep(1_000).expired()).contains(jobId);
    assertThat(job(jobId).error().orElseThrow().code()).isEqualTo("deadline-exceeded");
    assertThat(runs().complete(jobId, token, generation("late"), COST, HOUR)).isEmpty();
  }

  @Test
  void countsTheCostOnce_evenOfAnAnswerThatCameTooLate() {
    UUID jobId = queued();
    UUID lost = UUID.randomUUID();
    UUID holder = UUID.randomUUID();
    runs().claim(jobId, lost, Duration.ZERO, 5);
    runs().claim(jobId, holder, LEASE, 5);
    runs().complete(jobId, lost, generation("late"), COST, HOUR);
    runs().complete(jobId, holder, generation("right"), COST, HOUR);
    runs().complete(jobId, holder, generation("right"), COST, HOUR);
    assertThat(job(jobId).cost()).contains(COST);
    assertThat(spentToday(account)).isEqualTo(COST.times(2));
  }

  @Test
  void countsTheCostOfAnAnswerThatCouldNotBeUsed() {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(token);
    assertThat(runs().fail(jobId, token, ERROR, COST)).isTrue();
    assertThat(runs().fail(jobId, token, ERROR, COST)).isTrue();
    assertThat(spentToday(account)).isEqualTo(COST);
    assertThat(job(jobId).cost()).contains(COST);
  }

  @Test
  void tellsHowManyRequestsAJobAnswered() {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(token);
    store().accept(newJob());
    store().accept(newJob("somebody-else"));
    assertThat(
            runs().complete(jobId, token, generation("done"), COST, HOUR).orElseThrow().requests())
        .isEqualTo(3);
  }

  @Test
  void forgetsTheContentOfJobsThatEndedLongAgo() {
    UUID old = completed(newJob());
    UUID young = completed(newJob(another(), DEADLINE));
    endedDaysAgo(old, 31);
    endedDaysAgo(young, 29);
    assertThat(runs().eraseOld(30, 1_000)).isPositive();
    assertThat(job(old).erased()).isTrue();
    assertThat(job(old).status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(job(old).generation().orElseThrow().output()).isEmpty();
    assertThat(job(old).cost()).contains(COST);
    assertThat(job(young).erased()).isFalse();
    assertThat(store().accept(newJob())).isInstanceOf(Acceptance.Queued.class);
    runs().eraseOld(30, 1_000);
    assertThat(runs().eraseOld(30, 1_000)).isZero();
  }

  /** Lets the time pass after which the sweeper looks at a job. */
  protected abstract void makeDue(UUID jobId);

  /** Lets days pass since a job's end. */
  protected abstract void endedDaysAgo(UUID jobId, int days);

  /** What an account's calls have cost today. */
  protected abstract UsdAmount spentToday(String payer);
}
