package dev.promptlab.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every job store does. A lease or a deadline of zero has passed at once. */
public abstract class JobStoreContract {
  protected static final String TEMPLATE = "cmjlfawzg0000pq6xyq5r78ws";
  private static final Duration LEASE = Duration.ofMinutes(2);
  private static final Duration DEADLINE = Duration.ofMinutes(10);
  private static final Optional<Duration> HOUR = Optional.of(Duration.ofHours(1));
  private static final JobError ERROR = new JobError("provider-auth", "Refused.", false);

  private final GenerationInput input = GenerationInput.text("é 🚀 " + UUID.randomUUID());

  protected abstract JobStore store();

  private NewJob newJob() {
    return newJob(input, DEADLINE);
  }

  private static NewJob newJob(GenerationInput input, Duration deadline) {
    return new NewJob(
        UUID.randomUUID(),
        "acct_1",
        true,
        TEMPLATE,
        1,
        Provider.OPENAI,
        InputHash.of(Optional.empty(), TEMPLATE, 1, Provider.OPENAI, input),
        input,
        deadline);
  }

  private static Generation generation(String output) {
    return new Generation("model-1", output, FinishReason.STOP, new TokenUsage(12, 34));
  }

  private UUID queued() {
    return store().accept(newJob()).jobId();
  }

  private UUID claimed(UUID token) {
    UUID jobId = queued();
    assertThat(store().claim(jobId, token, LEASE, 5)).isInstanceOf(Claim.Claimed.class);
    return jobId;
  }

  private Job job(UUID jobId) {
    return store().find(jobId).orElseThrow();
  }

  @Test
  void queuesANewJob() {
    NewJob job = newJob();
    assertThat(store().accept(job)).isInstanceOf(Acceptance.Queued.class);
    Job found = job(job.jobId());
    assertThat(found.status()).isEqualTo(JobStatus.QUEUED);
    assertThat(found.account()).isEqualTo("acct_1");
    assertThat(found.shared()).isTrue();
    assertThat(found.templateId()).isEqualTo(TEMPLATE);
    assertThat(found.templateVersion()).isEqualTo(1);
    assertThat(found.provider()).isEqualTo(Provider.OPENAI);
    assertThat(found.inputHash()).isEqualTo(job.inputHash());
    assertThat(found.attempts()).isZero();
    assertThat(found.startedAt()).isEmpty();
    assertThat(found.completedAt()).isEmpty();
    assertThat(found.generation()).isEmpty();
  }

  @Test
  void findsNothing_whenThereIsNoSuchJob() {
    assertThat(store().find(UUID.randomUUID())).isEmpty();
    assertThat(store().claim(UUID.randomUUID(), UUID.randomUUID(), LEASE, 5))
        .isInstanceOf(Claim.Missing.class);
  }

  @Test
  void joinsTheActiveJob_queuedOrProcessing() {
    UUID first = queued();
    assertThat(store().accept(newJob()))
        .isInstanceOfSatisfying(
            Acceptance.Joined.class,
            joined -> {
              assertThat(joined.jobId()).isEqualTo(first);
              assertThat(joined.status()).isEqualTo(JobStatus.QUEUED);
            });
    store().claim(first, UUID.randomUUID(), LEASE, 5);
    assertThat(store().accept(newJob()))
        .isInstanceOfSatisfying(
            Acceptance.Joined.class,
            joined -> {
              assertThat(joined.status()).isEqualTo(JobStatus.PROCESSING);
              assertThat(joined.attempts()).isEqualTo(1);
              assertThat(joined.startedAt()).isPresent();
            });
  }

  @Test
  void makesOneJob_whenManyEqualRequestsComeAtOnce() throws Exception {
    for (int round = 0; round < 5; round++) {
      GenerationInput same = GenerationInput.text(UUID.randomUUID().toString());
      List<Callable<Acceptance>> requests = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        requests.add(() -> store().accept(newJob(same, DEADLINE)));
      }
      List<Acceptance> answers = new ArrayList<>();
      try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
        for (Future<Acceptance> answer : threads.invokeAll(requests)) {
          answers.add(answer.get());
        }
      }
      assertThat(answers).filteredOn(Acceptance.Queued.class::isInstance).hasSize(1);
      assertThat(answers).extracting(Acceptance::jobId).containsOnly(answers.getFirst().jobId());
    }
  }

  @Test
  void acceptsARepeatOfTheSameCall() {
    NewJob job = newJob();
    store().accept(job);
    assertThat(store().accept(job))
        .isInstanceOfSatisfying(
            Acceptance.Queued.class, it -> assertThat(it.jobId()).isEqualTo(job.jobId()));
  }

  @Test
  void reusesACompletedJob_whileItsResultMayBe() {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(token);
    Completion completion = store().complete(jobId, token, generation("done"), HOUR).orElseThrow();
    assertThat(completion.cacheableUntil())
        .contains(completion.completedAt().plus(HOUR.orElseThrow()));
    assertThat(store().accept(newJob()))
        .isInstanceOfSatisfying(
            Acceptance.Reused.class, it -> assertThat(it.jobId()).isEqualTo(jobId));
    assertThat(job(jobId).cachedResult()).isPresent();
  }

  @Test
  void makesANewJob_whenTheResultIsOverOrNeverWasReusable() {
    for (Optional<Duration> ttl : List.of(Optional.of(Duration.ZERO), Optional.<Duration>empty())) {
      UUID token = UUID.randomUUID();
      UUID jobId = claimed(token);
      store().complete(jobId, token, generation("done"), ttl);
    }
    assertThat(store().accept(newJob())).isInstanceOf(Acceptance.Queued.class);
  }

  @Test
  void makesANewJob_whenTheLastOneFailed() {
    UUID token = UUID.randomUUID();
    UUID failed = claimed(token);
    assertThat(store().fail(failed, token, ERROR)).isTrue();
    assertThat(job(failed).error()).contains(ERROR);
    assertThat(job(failed).completedAt()).isPresent();
    assertThat(store().accept(newJob())).isInstanceOf(Acceptance.Queued.class);
  }

  @Test
  void handsOutWhatAWorkerNeeds() {
    NewJob job = newJob();
    store().accept(job);
    assertThat(store().claim(job.jobId(), UUID.randomUUID(), LEASE, 5))
        .isInstanceOfSatisfying(
            Claim.Claimed.class,
            claimed -> {
              assertThat(claimed.input()).isEqualTo(input);
              assertThat(claimed.inputHash()).isEqualTo(job.inputHash());
              assertThat(claimed.templateId()).isEqualTo(TEMPLATE);
              assertThat(claimed.provider()).isEqualTo(Provider.OPENAI);
              assertThat(claimed.account()).isEqualTo("acct_1");
              assertThat(claimed.attempts()).isEqualTo(1);
            });
    assertThat(job(job.jobId()).status()).isEqualTo(JobStatus.PROCESSING);
  }

  @Test
  void givesAJobToOneDeliveryAtATime() {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(token);
    assertThat(store().claim(jobId, UUID.randomUUID(), LEASE, 5))
        .isInstanceOfSatisfying(
            Claim.Leased.class,
            leased -> assertThat(leased.remaining()).isPositive().isLessThanOrEqualTo(LEASE));
    // The very same statement once more, its answer having been lost, is no second call.
    assertThat(store().claim(jobId, token, LEASE, 5))
        .isInstanceOfSatisfying(Claim.Claimed.class, it -> assertThat(it.attempts()).isEqualTo(1));
  }

  @Test
  void fencesOffWhoLostTheLease() {
    UUID jobId = queued();
    UUID lost = UUID.randomUUID();
    UUID holder = UUID.randomUUID();
    store().claim(jobId, lost, Duration.ZERO, 5);
    assertThat(store().claim(jobId, holder, LEASE, 5))
        .isInstanceOfSatisfying(Claim.Claimed.class, it -> assertThat(it.attempts()).isEqualTo(2));
    assertThat(store().complete(jobId, lost, generation("late"), HOUR)).isEmpty();
    assertThat(store().fail(jobId, lost, ERROR)).isFalse();
    assertThat(store().release(jobId, lost, Duration.ZERO)).isFalse();
    assertThat(store().complete(jobId, holder, generation("right"), HOUR)).isPresent();
    assertThat(job(jobId).generation()).contains(generation("right"));
    assertThat(store().claim(jobId, UUID.randomUUID(), LEASE, 5)).isInstanceOf(Claim.Ended.class);
  }

  @Test
  void answersARepeatedCompletionAlike() {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(token);
    Optional<Completion> first = store().complete(jobId, token, generation("done"), HOUR);
    assertThat(store().complete(jobId, token, generation("done"), HOUR)).isEqualTo(first);
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
      store().complete(jobId, token, generation(output), Optional.empty());
      assertThat(job(jobId).generation().orElseThrow().output().equals(output))
          .as("length %d", output.length())
          .isTrue();
    }
  }

  @Test
  void givesAReleasedJobToTheNextDelivery() {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(token);
    assertThat(store().release(jobId, token, Duration.ofSeconds(5))).isTrue();
    assertThat(job(jobId).status()).isEqualTo(JobStatus.QUEUED);
    assertThat(store().claim(jobId, UUID.randomUUID(), LEASE, 5))
        .isInstanceOfSatisfying(Claim.Claimed.class, it -> assertThat(it.attempts()).isEqualTo(2));
  }

  @Test
  void endsAJob_whenItsAttemptsAreUsedUp() {
    UUID jobId = queued();
    store().claim(jobId, UUID.randomUUID(), Duration.ZERO, 1);
    assertThat(store().claim(jobId, UUID.randomUUID(), LEASE, 1)).isInstanceOf(Claim.Ended.class);
    assertThat(job(jobId).status()).isEqualTo(JobStatus.FAILED);
    assertThat(job(jobId).error().orElseThrow().code()).isEqualTo("retries-exhausted");
  }

  @Test
  void endsAJob_whenItIsClaimedAfterItsDeadline() {
    UUID jobId = store().accept(newJob(input, Duration.ZERO)).jobId();
    assertThat(store().claim(jobId, UUID.randomUUID(), LEASE, 5)).isInstanceOf(Claim.Ended.class);
    assertThat(job(jobId).error().orElseThrow().code()).isEqualTo("deadline-exceeded");
  }

  @Test
  void sweepsWhatIsDue_andLeavesTheRest() {
    UUID fresh = queued();
    UUID abandoned =
        store()
            .accept(newJob(GenerationInput.text(UUID.randomUUID().toString()), DEADLINE))
            .jobId();
    store().claim(abandoned, UUID.randomUUID(), Duration.ZERO, 5);
    SweepReport report = store().sweep(1_000);
    assertThat(report.due()).contains(abandoned).doesNotContain(fresh);
    assertThat(store().sweep(1_000).due()).doesNotContain(abandoned);
  }

  @Test
  void sweepsJobsPastTheirDeadlineToTheirEnd() {
    UUID jobId = store().accept(newJob(input, Duration.ZERO)).jobId();
    UUID token = UUID.randomUUID();
    makeDue(jobId);
    assertThat(store().sweep(1_000).expired()).contains(jobId);
    assertThat(job(jobId).error().orElseThrow().code()).isEqualTo("deadline-exceeded");
    assertThat(store().complete(jobId, token, generation("late"), HOUR)).isEmpty();
  }

  /** Lets the time pass after which the sweeper looks at a job. */
  protected abstract void makeDue(UUID jobId);
}
