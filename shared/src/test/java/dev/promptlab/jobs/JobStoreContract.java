package dev.promptlab.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.paging.Page;
import dev.promptlab.pricing.UsdAmount;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every job store does for those who ask for jobs. */
public abstract class JobStoreContract extends JobStoreFixture {
  private static final NewJob.Reuse NO_CACHE = new NewJob.Reuse(false, true, Optional.empty());
  private static final NewJob.Reuse NO_STORE = new NewJob.Reuse(false, false, Optional.empty());

  @Test
  void queuesANewJob() {
    NewJob job = newJob();
    assertThat(store().accept(job)).isInstanceOf(Acceptance.Queued.class);
    Job found = job(job.jobId());
    assertThat(found.status()).isEqualTo(JobStatus.QUEUED);
    assertThat(found.account()).isEqualTo(account);
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

  @ParameterizedTest
  @EnumSource(Provider.class)
  void keepsTheProvider(Provider provider) {
    assertThat(job(queued(newJob(provider))).provider()).isEqualTo(provider);
  }

  @Test
  void findsNothing_whenThereIsNoSuchJob() {
    assertThat(store().find(UUID.randomUUID())).isEmpty();
    assertThat(runs().claim(UUID.randomUUID(), UUID.randomUUID(), LEASE, 5))
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
    runs().claim(first, UUID.randomUUID(), LEASE, 5);
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
      assertThat(answers).filteredOn(Acceptance.Joined.class::isInstance).hasSize(39);
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
    Completion completion =
        runs().complete(jobId, token, generation("done"), COST, HOUR).orElseThrow();
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
      runs().complete(jobId, token, generation("done"), COST, ttl);
    }
    assertThat(store().accept(newJob())).isInstanceOf(Acceptance.Queued.class);
  }

  @Test
  void makesANewJob_whenTheLastOneFailed() {
    UUID token = UUID.randomUUID();
    UUID failed = claimed(token);
    assertThat(runs().fail(failed, token, ERROR, UsdAmount.ZERO)).isTrue();
    assertThat(job(failed).error()).contains(ERROR);
    assertThat(job(failed).completedAt()).isPresent();
    assertThat(store().accept(newJob())).isInstanceOf(Acceptance.Queued.class);
  }

  @Test
  void makesAFreshJob_whichNobodyJoins_butWhoseResultReplacesTheOlder() {
    UUID older = completed(newJob());
    pass(Duration.ofMillis(1), older);
    UUID token = UUID.randomUUID();
    UUID fresh = claimed(newJob(NO_CACHE), token);
    assertThat(fresh).isNotEqualTo(older);
    assertThat(store().accept(newJob())).isEqualTo(new Acceptance.Reused(older));
    assertThat(store().accept(newJob(NO_CACHE))).isInstanceOf(Acceptance.Queued.class);
    runs().complete(fresh, token, generation("fresh"), COST, HOUR);
    assertThat(store().accept(newJob())).isEqualTo(new Acceptance.Reused(fresh));
  }

  @Test
  void keepsAResultToItself_whenItMayNotBeStored() {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(newJob(NO_STORE), token);
    UUID usual = queued();
    assertThat(
            runs()
                .complete(jobId, token, generation("own"), COST, HOUR)
                .orElseThrow()
                .cacheableUntil())
        .isEmpty();
    assertThat(store().reusable(newJob().inputHash(), Optional.empty())).isEmpty();
    assertThat(store().accept(newJob()))
        .isInstanceOfSatisfying(
            Acceptance.Joined.class, it -> assertThat(it.jobId()).isEqualTo(usual));
  }

  @Test
  void reusesNoResultThatIsTooOld() {
    UUID jobId = completed(newJob());
    NewJob.Reuse young = new NewJob.Reuse(true, true, Optional.of(Duration.ofSeconds(60)));
    assertThat(store().accept(newJob(young))).isEqualTo(new Acceptance.Reused(jobId));
    pass(Duration.ofSeconds(61), jobId);
    assertThat(store().reusable(newJob().inputHash(), young.maxAge())).isEmpty();
    assertThat(store().accept(newJob(young))).isInstanceOf(Acceptance.Queued.class);
    assertThat(store().reusable(newJob().inputHash(), Optional.empty())).contains(jobId);
  }

  @Test
  void makesOneJob_underOneIdempotencyKey() {
    UUID jobId = queued(newJob("key-1", "body-1"));
    assertThat(store().accept(newJob("key-1", "body-1"))).isEqualTo(new Acceptance.Repeated(jobId));
    assertThat(store().accept(newJob("key-1", "body-2"))).isEqualTo(new Acceptance.Conflict());
    assertThat(store().repeated(account, new NewJob.Idempotency("key-1", "body-1")))
        .contains(new Acceptance.Repeated(jobId));
    assertThat(store().repeated(account, new NewJob.Idempotency("key-1", "body-2")))
        .contains(new Acceptance.Conflict());
    assertThat(store().repeated(account, new NewJob.Idempotency("key-2", "body-1"))).isEmpty();
    assertThat(store().repeated("another", new NewJob.Idempotency("key-1", "body-1"))).isEmpty();
    UUID token = UUID.randomUUID();
    runs().claim(jobId, token, LEASE, 5);
    runs().fail(jobId, token, ERROR, UsdAmount.ZERO);
    assertThat(store().accept(newJob("key-1", "body-1"))).isEqualTo(new Acceptance.Repeated(jobId));
  }

  @Test
  void namesTheJobThatItJoinedOrReused_byTheIdempotencyKey() {
    UUID active = queued();
    assertThat(store().accept(newJob("key-1", "body"))).isInstanceOf(Acceptance.Joined.class);
    assertThat(store().accept(newJob("key-1", "body"))).isEqualTo(new Acceptance.Repeated(active));
  }

  @Test
  void acceptsARepeatOfTheSameCall_underAnIdempotencyKeyToo() {
    for (NewJob job : List.of(newJob("key-1", "body"), newJob(NO_STORE))) {
      queued(job);
      queued(job);
    }
  }

  @Test
  void makesOneJob_whenOneIdempotencyKeyComesManyTimesAtOnce() throws Exception {
    List<Callable<Acceptance>> requests = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      NewJob job = newJob("key-1", "body");
      requests.add(() -> store().accept(job));
    }
    List<Acceptance> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Acceptance> answer : threads.invokeAll(requests)) {
        answers.add(answer.get());
      }
    }
    assertThat(answers).filteredOn(Acceptance.Queued.class::isInstance).hasSize(1);
    assertThat(answers).filteredOn(Acceptance.Repeated.class::isInstance).hasSize(19);
  }

  @Test
  void listsWhatAnAccountMadeOrJoined_theNewestFirst_whileJobsAreAdded() {
    String other = "other-" + UUID.randomUUID();
    UUID joined = queued(newJob(other));
    UUID first = queued(newJob(another(), DEADLINE));
    store().accept(newJob());
    UUID last = queued(newJob(another(), DEADLINE));
    JobFilter all = new JobFilter(Optional.empty(), Optional.empty(), Optional.empty());
    Page<ListedJob> page = store().list(account, all, 2);
    assertThat(ids(page)).containsExactly(last, joined);
    assertThat(page.more()).isTrue();
    queued(newJob(another(), DEADLINE));
    JobFilter next =
        new JobFilter(
            Optional.empty(), Optional.empty(), Optional.of(page.items().getLast().position()));
    assertThat(ids(store().list(account, next, 2))).containsExactly(first);
    assertThat(store().list(account, next, 2).more()).isFalse();
    assertThat(ids(store().list(other, all, 10))).containsExactly(joined);
  }

  @Test
  void listsByStatusAndTemplate_withoutOutputs() {
    UUID done = completed(newJob());
    UUID waits = queued(newJob(another(), DEADLINE));
    assertThat(ids(store().list(account, filter(JobStatus.COMPLETED, TEMPLATE), 10)))
        .containsExactly(done);
    assertThat(ids(store().list(account, filter(JobStatus.QUEUED, TEMPLATE), 10)))
        .containsExactly(waits);
    assertThat(store().list(account, filter(JobStatus.QUEUED, "another"), 10).items()).isEmpty();
    assertThat(
            store()
                .list(account, filter(JobStatus.COMPLETED, TEMPLATE), 10)
                .items()
                .getFirst()
                .job()
                .generation()
                .orElseThrow()
                .output())
        .isEmpty();
  }

  @Test
  void cancelsAJob_onceItsLastCallerHasWithdrawn() {
    String other = "other-" + UUID.randomUUID();
    UUID jobId = queued();
    store().accept(newJob(other));
    assertThat(store().withdraw(jobId, account, "r1")).isEqualTo(JobStore.Withdrawal.WITHDRAWN);
    assertThat(job(jobId).status()).isEqualTo(JobStatus.QUEUED);
    assertThat(store().withdraw(jobId, other, "r2")).isEqualTo(JobStore.Withdrawal.CANCELLED);
    assertThat(store().withdraw(jobId, other, "r2")).isEqualTo(JobStore.Withdrawal.CANCELLED);
    assertThat(store().withdraw(jobId, other, "r3")).isEqualTo(JobStore.Withdrawal.NOT_CANCELLABLE);
    assertThat(job(jobId).status()).isEqualTo(JobStatus.CANCELLED);
    assertThat(job(jobId).completedAt()).isPresent();
    assertThat(runs().claim(jobId, UUID.randomUUID(), LEASE, 5)).isInstanceOf(Claim.Ended.class);
    assertThat(store().accept(newJob())).isInstanceOf(Acceptance.Queued.class);
  }

  @Test
  void keepsAJob_whoseCallerCameBack() {
    String other = "other-" + UUID.randomUUID();
    UUID jobId = queued();
    store().accept(newJob(other));
    store().withdraw(jobId, account, "r1");
    store().accept(newJob());
    assertThat(store().withdraw(jobId, other, "r2")).isEqualTo(JobStore.Withdrawal.WITHDRAWN);
    assertThat(job(jobId).status()).isEqualTo(JobStatus.QUEUED);
  }

  @Test
  void cancelsNothing_thatRunsOrHasEnded_orIsSomebodyElses() {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(token);
    assertThat(store().withdraw(jobId, account, "r"))
        .isEqualTo(JobStore.Withdrawal.NOT_CANCELLABLE);
    assertThat(store().withdraw(jobId, "stranger", "r")).isEqualTo(JobStore.Withdrawal.NOT_CALLER);
    assertThat(store().withdraw(UUID.randomUUID(), account, "r"))
        .isEqualTo(JobStore.Withdrawal.MISSING);
    runs().complete(jobId, token, generation("done"), COST, HOUR);
    assertThat(store().withdraw(jobId, account, "r"))
        .isEqualTo(JobStore.Withdrawal.NOT_CANCELLABLE);
  }

  @Test
  void forgetsAJobsContent_forGood() {
    UUID done = completed(newJob());
    assertThat(store().erase(done).orElseThrow().value()).isEqualTo(newJob().inputHash());
    assertThat(job(done).erased()).isTrue();
    assertThat(job(done).status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(job(done).generation().orElseThrow().output()).isEmpty();
    assertThat(job(done).cachedResult()).isEmpty();
    assertThat(store().reusable(newJob().inputHash(), Optional.empty())).isEmpty();
    assertThat(store().erase(done)).isPresent();
    assertThat(store().erase(UUID.randomUUID())).isEmpty();
  }

  @Test
  void cancelsAQueuedJob_whoseContentIsErased() {
    UUID jobId = queued();
    store().erase(jobId);
    assertThat(job(jobId).status()).isEqualTo(JobStatus.CANCELLED);
    assertThat(runs().claim(jobId, UUID.randomUUID(), LEASE, 5)).isInstanceOf(Claim.Ended.class);
  }

  @Test
  void keepsNoOutput_ofAJobThatWasErasedWhileItRan() {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(token);
    store().erase(jobId);
    assertThat(store().accept(newJob())).isInstanceOf(Acceptance.Queued.class);
    assertThat(
            runs()
                .complete(jobId, token, generation("secret"), COST, HOUR)
                .orElseThrow()
                .cacheableUntil())
        .isEmpty();
    assertThat(job(jobId).status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(job(jobId).generation().orElseThrow().output()).isEmpty();
    assertThat(job(jobId).cost()).contains(COST);
  }

  @Test
  void endsAJob_thatWasErasedWhileItRanAndIsClaimedAgain() {
    UUID jobId = queued();
    runs().claim(jobId, UUID.randomUUID(), Duration.ZERO, 5);
    store().erase(jobId);
    assertThat(runs().claim(jobId, UUID.randomUUID(), LEASE, 5)).isInstanceOf(Claim.Ended.class);
    assertThat(job(jobId).status()).isEqualTo(JobStatus.CANCELLED);
  }

  @Test
  void refusesAJob_thatAnAccountsBudgetMayNotCover() {
    setBudget(account, COST.times(2));
    UUID token = UUID.randomUUID();
    UUID first = claimed(token);
    UUID second = queued(newJob(another(), DEADLINE));
    assertThat(store().accept(newJob(another(), DEADLINE)))
        .isEqualTo(new Acceptance.OverBudget(Acceptance.Cap.ACCOUNT));
    assertThat(store().accept(newJob())).as("joins").isInstanceOf(Acceptance.Joined.class);
    runs().complete(first, token, generation("cheap"), new UsdAmount(1), HOUR);
    assertThat(store().accept(newJob())).as("reuses").isEqualTo(new Acceptance.Reused(first));
    store().withdraw(second, account, "r");
    queued(newJob(another(), DEADLINE));
    assertThat(store().accept(newJob(another(), DEADLINE)))
        .isEqualTo(new Acceptance.OverBudget(Acceptance.Cap.ACCOUNT));
    assertThat(
            store()
                .accept(
                    newJob(
                        "another-account",
                        another(),
                        NewJob.Reuse.USUAL,
                        Optional.empty(),
                        COST,
                        DEADLINE)))
        .isInstanceOf(Acceptance.Queued.class);
  }

  @Test
  void forgetsTheIdempotencyKey_ofAJobThatWasNotMade() {
    setBudget(account, UsdAmount.ZERO);
    assertThat(store().accept(newJob("key-1", "body")))
        .isEqualTo(new Acceptance.OverBudget(Acceptance.Cap.ACCOUNT));
    setBudget(account, COST);
    assertThat(store().accept(newJob("key-1", "another body")))
        .isInstanceOf(Acceptance.Queued.class);
  }

  @Test
  void passesNoBudget_howeverManyAskAtOnce() throws Exception {
    setBudget(account, COST.times(5));
    List<Callable<Acceptance>> requests = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      NewJob job = newJob(another(), DEADLINE);
      requests.add(() -> store().accept(job));
    }
    List<Acceptance> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Acceptance> answer : threads.invokeAll(requests)) {
        answers.add(answer.get());
      }
    }
    assertThat(answers).filteredOn(Acceptance.Queued.class::isInstance).hasSize(5);
  }

  private static List<UUID> ids(Page<ListedJob> page) {
    return page.items().stream().map(item -> item.job().jobId()).toList();
  }

  private static JobFilter filter(JobStatus status, String templateId) {
    return new JobFilter(Optional.of(status), Optional.of(templateId), Optional.empty());
  }

  /** Lets time pass since a job's completion. */
  protected abstract void pass(Duration duration, UUID jobId);

  /** Caps what an account may spend a day. */
  protected abstract void setBudget(String payer, UsdAmount budget);
}
