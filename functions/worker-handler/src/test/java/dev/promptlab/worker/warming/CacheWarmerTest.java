package dev.promptlab.worker.warming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.cache.CacheUnavailableException;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.InvalidationStore.Target;
import dev.promptlab.cache.KeyPattern;
import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.ModelParameters;
import dev.promptlab.templates.TemplateDefinition;
import dev.promptlab.templates.TemplateStore;
import dev.promptlab.worker.WorkerOnFakes;
import dev.promptlab.worker.warming.CacheWarmer.Report;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CacheWarmerTest {
  private static final Duration TTL = Duration.ofHours(1);
  private final WarmingOnFakes warming = new WarmingOnFakes();
  private final WorkerOnFakes worker = warming.worker;

  private static Report report(int warmed, int regenerated, int skipped, int failed) {
    return new Report(
        warmed + regenerated + skipped + failed, warmed, regenerated, skipped, failed, true);
  }

  private boolean cached(Job job) {
    return worker.cache.exists(job.inputHash());
  }

  private void count(InputHash hash, int requests) {
    for (int i = 0; i < requests; i++) {
      warming.popularity.count(hash);
    }
  }

  @Test
  void putsBackWhatTheCacheHasLost_withoutACall() {
    Job lost = warming.lost("lost");
    warming.completed("there", 1);
    int calls = worker.calls.size();
    assertThat(warming.warm(0)).isEqualTo(report(1, 0, 1, 0));
    assertThat(worker.cache.get(lost.inputHash())).isEqualTo(lost.cachedResult());
    assertThat(worker.calls).hasSize(calls);
    worker.metrics.flush();
    assertThat(worker.metrics.totals())
        .containsEntry("cache_warming_total{outcome=\"warmed\"}", 1L)
        .containsEntry("cache_warming_total{outcome=\"skipped\"}", 1L);
  }

  @Test
  void hasNothingToDo_whenNothingIsPopular() {
    assertThat(warming.warm(10)).isEqualTo(report(0, 0, 0, 0));
    assertThat(warming.results.calls()).isZero();
  }

  @Test
  void doesNotAskTheDatabase_whenNothingIsMissing() {
    warming.completed("there", 5);
    assertThat(warming.warm(0)).isEqualTo(report(0, 0, 1, 0));
    assertThat(warming.results.calls()).isZero();
  }

  @Test
  void doesNotAskTheDatabase_whenNothingWasAskedForSinceTheLastRun() {
    Job job = warming.lost("lost");
    assertThat(warming.warm(10)).isEqualTo(report(1, 0, 0, 0));
    int calls = warming.results.calls();
    warming.lose(job.inputHash());
    worker.clock.advance(Duration.ofMinutes(15));
    assertThat(warming.warm(10)).isEqualTo(report(0, 0, 1, 0));
    assertThat(warming.results.calls()).isEqualTo(calls);
    count(job.inputHash(), 1);
    assertThat(warming.warm(0)).isEqualTo(report(1, 0, 0, 0));
  }

  @Test
  void skipsWhatItHasNoResultOf() {
    count(warming.completed("expired", 1).inputHash(), 1);
    worker.clock.advance(TTL);
    Job active = worker.job(worker.accepted());
    count(active.inputHash(), 1);
    assertThat(warming.warm(0)).isEqualTo(report(0, 0, 2, 0));
    assertThat(cached(active)).isFalse();
  }

  @Test
  void makesTheMostPopularAnew_andNoMoreThanWanted() {
    Job third = warming.completed("third", 4);
    Job first = warming.completed("first", 9);
    Job second = warming.completed("second", 6);
    worker.clock.advance(TTL);
    assertThat(warming.warm(2)).isEqualTo(report(0, 2, 1, 0));
    assertThat(warming.work())
        .extracting(Job::inputHash)
        .containsExactly(first.inputHash(), second.inputHash());
    assertThat(cached(first)).isTrue();
    assertThat(cached(second)).isTrue();
    assertThat(cached(third)).isFalse();
    worker.metrics.flush();
    assertThat(worker.metrics.totals()).containsEntry("jobs_total{status=\"queued\"}", 2L);
  }

  @Test
  void makesAnewWhatExpiresBeforeTheNextRun_onceOnly() {
    Job old = warming.completed("soon over", 9);
    worker.clock.advance(TTL.minusMinutes(20));
    assertThat(warming.warm(5)).isEqualTo(report(0, 0, 1, 0));
    worker.clock.advance(Duration.ofMinutes(10));
    count(old.inputHash(), 1);
    assertThat(warming.warm(5)).isEqualTo(report(0, 1, 0, 0));
    count(old.inputHash(), 1);
    assertThat(warming.warm(5)).isEqualTo(report(0, 0, 1, 0));
    Job young = warming.work().getFirst();
    assertThat(young.account()).isEqualTo(old.account());
    assertThat(worker.cache.get(old.inputHash())).isEqualTo(young.cachedResult());
    count(old.inputHash(), 1);
    assertThat(warming.warm(5)).isEqualTo(report(0, 0, 1, 0));
    assertThat(warming.work()).isEmpty();
  }

  @Test
  void letsARequestJoinTheJobThatItMade() {
    Job old = warming.completed("joined", 9);
    worker.clock.advance(TTL);
    assertThat(warming.warm(1).regenerated()).isEqualTo(1);
    assertThat(worker.job(worker.accepted("t1", Provider.OPENAI, NewJob.Reuse.USUAL, "joined")))
        .satisfies(
            job -> {
              assertThat(job.inputHash()).isEqualTo(old.inputHash());
              assertThat(job.status()).isEqualTo(JobStatus.QUEUED);
            });
    assertThat(warming.work()).hasSize(1);
    assertThat(worker.queue.receive()).isEmpty();
  }

  @Test
  void makesNothingAnew_thatHasHardlyBeenAskedForOfLate() {
    warming.completed("once", 1);
    worker.clock.advance(TTL.plusMinutes(1));
    assertThat(warming.warm(5)).isEqualTo(report(0, 0, 1, 0));
    assertThat(worker.queue.receive()).isEmpty();
  }

  @Test
  void makesNothingAnew_ofAProviderOrAVersionThatIsNotOfferedAnyMore() {
    warming.completed(Provider.ANTHROPIC, "not offered", 9);
    worker.clock.advance(TTL);
    assertThat(warming.warm(5)).isEqualTo(report(0, 0, 1, 0));
    Job old = warming.completed("old version", 9);
    worker.templates.put(
        "t1",
        new TemplateDefinition(
            "t1",
            "Shout {{input}}",
            Optional.empty(),
            Map.of(),
            new ModelParameters(Optional.of(77), Optional.empty()),
            Optional.empty(),
            CacheScope.SHARED,
            List.of()),
        new TemplateStore.Expected.Anything());
    warming.lose(old.inputHash());
    assertThat(warming.warm(5)).isEqualTo(report(0, 0, 2, 0));
    assertThat(worker.queue.receive()).isEmpty();
  }

  @Test
  void staysWithinAnAccountsBudget() {
    staysWithinTheBudgetOf("anonymous");
  }

  @Test
  void staysWithinTheDeploymentsBudget() {
    staysWithinTheBudgetOf("");
  }

  private void staysWithinTheBudgetOf(String payer) {
    List<Job> jobs =
        IntStream.range(0, 3).mapToObj(i -> warming.completed("text " + i, 9 - i)).toList();
    worker.clock.advance(TTL);
    UsdAmount spent = WorkerOnFakes.COST.times(3);
    worker.jobs.setBudget(payer, spent.plus(WarmingOnFakes.BOUND.times(2)));
    assertThat(warming.warm(10)).isEqualTo(report(0, 2, 1, 0));
    assertThat(warming.work()).hasSize(2);
    assertThat(cached(jobs.getLast())).isFalse();
    worker.jobs.setBudget(payer, spent);
    count(jobs.getLast().inputHash(), 1);
    assertThat(warming.warm(10)).isEqualTo(report(0, 0, 3, 0));
  }

  @Test
  void bringsNothingBackThatWasInvalidated() {
    Job one = warming.lost("one");
    Job two = warming.lost("two");
    worker.clock.advance(Duration.ofSeconds(1));
    worker.invalidations.invalidate(new Target.Input(one.inputHash()), "a test");
    assertThat(warming.warm(10)).isEqualTo(report(1, 0, 1, 0));
    assertThat(cached(one)).isFalse();
    worker.invalidations.invalidate(new Target.Keys(KeyPattern.everything()), "a test");
    warming.lose(two.inputHash());
    count(two.inputHash(), 1);
    worker.clock.advance(TTL);
    assertThat(warming.warm(10)).isEqualTo(report(0, 0, 2, 0));
    assertThat(cached(two)).isFalse();
  }

  @Test
  void takesBackWhatIsInvalidatedOrErased_whileItIsPutBack() {
    Job invalidated = warming.lost("invalidated");
    Job erased = warming.lost("erased");
    Job good = warming.lost("good");
    warming.results.afterNextRead(
        () -> {
          worker.invalidations.invalidate(new Target.Input(invalidated.inputHash()), "a test");
          worker.jobs.erase(erased.jobId());
        });
    assertThat(warming.warm(0)).isEqualTo(report(1, 0, 2, 0));
    assertThat(cached(invalidated)).isFalse();
    assertThat(cached(erased)).isFalse();
    assertThat(cached(good)).isTrue();
  }

  @Test
  void takesBackWhatItCannotLookAtAgain() {
    Job job = warming.lost("lost");
    warming.results.afterNextRead(() -> warming.results.setDown(true));
    assertThat(warming.warm(0)).isEqualTo(new Report(1, 0, 0, 0, 1, false));
    assertThat(cached(job)).isFalse();
  }

  @Test
  void counts_andDoesLater_whatCouldNotBeWritten() {
    Job job = warming.lost("lost");
    worker.cache.setFull(true);
    assertThat(warming.warm(0)).isEqualTo(report(0, 0, 0, 1));
    worker.cache.setFull(false);
    assertThat(warming.warm(0)).isEqualTo(report(1, 0, 0, 0));
    assertThat(cached(job)).isTrue();
  }

  @Test
  void ends_andDoesTheRestLater_whenTheDatabaseDoesNotAnswer() {
    warming.lost("lost");
    warming.completed("there", 1);
    warming.results.setDown(true);
    assertThat(warming.warm(0)).isEqualTo(new Report(2, 0, 0, 0, 2, false));
    warming.results.setDown(false);
    assertThat(warming.warm(0)).isEqualTo(report(1, 0, 1, 0));
  }

  @Test
  void fails_whenItCannotAskWhatIsPopular() {
    warming.popularity.setDown(true);
    assertThatThrownBy(() -> warming.warm(0)).isInstanceOf(CacheUnavailableException.class);
  }

  @Test
  void acceptsAJob_thatTheQueueDoesNotTake() {
    warming.completed("text", 9);
    worker.clock.advance(TTL);
    worker.queue.setDown(true);
    assertThat(warming.warm(1)).isEqualTo(report(0, 1, 0, 0));
  }

  @Test
  void endsInTime_andDoesTheRestLater() {
    List<Job> lost =
        IntStream.range(0, CacheWarmer.STEP + 5).mapToObj(i -> warming.lost("text " + i)).toList();
    Iterator<Boolean> timeLeft = List.of(true, false).iterator();
    assertThat(warming.warm(timeLeft::next))
        .isEqualTo(new Report(CacheWarmer.STEP, CacheWarmer.STEP, 0, 0, 0, false));
    assertThat(warming.warm(0)).isEqualTo(report(5, 0, CacheWarmer.STEP, 0));
    assertThat(lost).allMatch(this::cached);
  }
}
