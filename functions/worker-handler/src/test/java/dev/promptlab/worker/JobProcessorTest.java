package dev.promptlab.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobError;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.jobs.JobWaits;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.rdsdata.DatabaseUnavailableException;
import dev.promptlab.worker.llm.LlmException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class JobProcessorTest {
  private final WorkerOnFakes worker = new WorkerOnFakes();

  private static void assertFailed(Job job, String code) {
    assertThat(job.status()).isEqualTo(JobStatus.FAILED);
    assertThat(job.error().orElseThrow().code()).isEqualTo(code);
  }

  @Test
  void writesTheResultToDatabaseAndCache() {
    UUID jobId = worker.accepted();
    assertThat(worker.processor.process(jobId)).isEqualTo(new Delivery.Done());
    Job job = worker.job(jobId);
    assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(job.generation().orElseThrow().output()).startsWith("to: Say ");
    assertThat(worker.cache.get(job.inputHash())).isEqualTo(job.cachedResult()).isPresent();
  }

  @Test
  void asksTheModelAsTheTemplateSays() {
    worker.processor.process(worker.accepted());
    assertThat(worker.calls)
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.prompt().system()).contains("Be brief.");
              assertThat(call.model()).isEqualTo("default-model");
              assertThat(call.maxTokens()).isEqualTo(77);
              assertThat(call.temperature()).contains(0.5);
            });
  }

  @Test
  void callsOnce_whenTheMessageIsDeliveredAgain() {
    UUID jobId = worker.accepted();
    worker.processor.process(jobId);
    assertThat(worker.processor.process(jobId)).isEqualTo(new Delivery.Done());
    assertThat(worker.calls).hasSize(1);
  }

  @Test
  void comesBackWithoutACall_whileAnotherDeliveryHoldsTheJob() {
    UUID jobId = worker.accepted();
    worker.jobs.claim(jobId, UUID.randomUUID(), Duration.ofSeconds(50), 5);
    assertThat(worker.processor.process(jobId))
        .isEqualTo(new Delivery.Retry(Duration.ofSeconds(51)));
    assertThat(worker.calls).isEmpty();
  }

  @Test
  void dropsTheResult_whenTheLeaseWasLost() {
    UUID jobId = worker.accepted();
    worker.model =
        _ -> {
          worker.clock.advance(Duration.ofMinutes(3));
          worker.jobs.claim(jobId, UUID.randomUUID(), Duration.ofMinutes(2), 5);
          return WorkerOnFakes.answer("late");
        };
    assertThat(worker.processor.process(jobId)).isEqualTo(new Delivery.Done());
    assertThat(worker.job(jobId).status()).isEqualTo(JobStatus.PROCESSING);
    assertThat(worker.cache.exists(worker.job(jobId).inputHash())).isFalse();
  }

  @Test
  void comesBackLater_whenTheFailureMayPass() {
    worker.model = WorkerOnFakes.failing(true);
    UUID jobId = worker.accepted();
    assertThat(worker.processor.process(jobId))
        .isInstanceOfSatisfying(
            Delivery.Retry.class,
            retry ->
                assertThat(retry.delay()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3)));
    assertThat(worker.job(jobId).status()).isEqualTo(JobStatus.QUEUED);
    worker.model = _ -> WorkerOnFakes.answer("now");
    assertThat(worker.processor.process(jobId)).isEqualTo(new Delivery.Done());
    assertThat(worker.job(jobId).attempts()).isEqualTo(2);
  }

  @Test
  void failsTheJob_whenItsAttemptsAreUsedUp() {
    worker.model = WorkerOnFakes.failing(true);
    UUID jobId = worker.accepted();
    for (int attempt = 1; attempt < WorkerOnFakes.MAX_ATTEMPTS; attempt++) {
      assertThat(worker.processor.process(jobId)).isInstanceOf(Delivery.Retry.class);
    }
    assertThat(worker.processor.process(jobId)).isEqualTo(new Delivery.Done());
    assertFailed(worker.job(jobId), "retries-exhausted");
    assertThat(worker.job(jobId).error().orElseThrow().message()).contains("provider-test");
    assertThat(worker.calls).hasSize(WorkerOnFakes.MAX_ATTEMPTS);
  }

  @Test
  void failsTheJobAtOnce_whenTheFailureWillNotPass() {
    worker.model = WorkerOnFakes.failing(false);
    UUID jobId = worker.accepted();
    assertThat(worker.processor.process(jobId)).isEqualTo(new Delivery.Done());
    assertFailed(worker.job(jobId), "provider-test");
  }

  @Test
  void comesBackLater_whenTheWorkerItselfFails() {
    worker.model =
        _ -> {
          throw new IllegalStateException("a bug");
        };
    UUID jobId = worker.accepted();
    assertThat(worker.processor.process(jobId)).isInstanceOf(Delivery.Retry.class);
    assertThat(worker.job(jobId).status()).isEqualTo(JobStatus.QUEUED);
  }

  @Test
  void failsTheJob_whenItsProviderIsNotConfiguredHere() {
    UUID jobId = worker.accepted(Provider.BEDROCK);
    worker.processor.process(jobId);
    assertFailed(worker.job(jobId), "provider-not-configured");
  }

  @Test
  void failsTheJob_whenTheOutputIsTooLarge() {
    worker.model = _ -> WorkerOnFakes.answer("é".repeat(256 * 1024 + 1));
    UUID jobId = worker.accepted();
    worker.processor.process(jobId);
    assertFailed(worker.job(jobId), "output-too-large");
  }

  @Test
  void keepsOutOfTheCache_whatIsCutOffFilteredOrEmpty() {
    for (Generation unfit :
        List.of(
            new Generation("m", "cut", FinishReason.LENGTH, new TokenUsage(1, 1)),
            new Generation("m", "filtered", FinishReason.CONTENT_FILTER, new TokenUsage(1, 1)),
            WorkerOnFakes.answer(" \n"))) {
      worker.model = _ -> unfit;
      UUID jobId = worker.accepted();
      worker.processor.process(jobId);
      assertThat(worker.job(jobId).generation()).isEqualTo(Optional.of(unfit));
      assertThat(worker.job(jobId).cacheableUntil()).isEmpty();
      assertThat(worker.cache.exists(worker.job(jobId).inputHash())).isFalse();
    }
  }

  @Test
  void forgetsAMessageForAJobThatDoesNotExist() {
    assertThat(worker.processor.process(UUID.randomUUID())).isEqualTo(new Delivery.Done());
  }

  private void assertCounted(String series, long total) {
    worker.metrics.flush();
    assertThat(worker.metrics.totals()).containsEntry(series, total);
  }

  @Test
  void countsWhatACallCost_andWhatThoseSavedWhoJoined() {
    UUID jobId = worker.accepted("t1", Provider.OPENAI, NewJob.Reuse.USUAL, "the same");
    assertThat(worker.accepted("t1", Provider.OPENAI, NewJob.Reuse.USUAL, "the same"))
        .isEqualTo(jobId);
    worker.processor.process(jobId);
    assertThat(worker.job(jobId).cost()).contains(WorkerOnFakes.COST);
    assertThat(worker.jobs.spent("anonymous")).isEqualTo(WorkerOnFakes.COST);
    assertCounted("llm_calls_total{provider=\"openai\",outcome=\"ok\"}", 1);
    assertCounted("llm_tokens_total{provider=\"openai\",kind=\"input\"}", 3);
    assertCounted("llm_tokens_total{provider=\"openai\",kind=\"output\"}", 5);
    assertCounted("llm_cost_usd_total", WorkerOnFakes.COST.nanos());
    assertCounted("llm_saved_usd_total", WorkerOnFakes.COST.nanos());
    assertCounted("jobs_total{status=\"completed\"}", 1);
  }

  @Test
  void paysForAnOutputThatIsTooLarge() {
    worker.model = _ -> WorkerOnFakes.answer("x".repeat(Generation.MAX_OUTPUT_BYTES + 1));
    UUID jobId = worker.accepted();
    worker.processor.process(jobId);
    assertFailed(worker.job(jobId), "output-too-large");
    assertThat(worker.job(jobId).cost()).contains(WorkerOnFakes.COST);
    assertCounted("jobs_total{status=\"failed\"}", 1);
  }

  @Test
  void keepsOutOfTheCache_whatItsCallerDoesNotWantStored() {
    UUID jobId =
        worker.accepted(
            "t1", Provider.OPENAI, new NewJob.Reuse(false, false, Optional.empty()), "private");
    worker.processor.process(jobId);
    assertThat(worker.job(jobId).status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(worker.cache.exists(worker.job(jobId).inputHash())).isFalse();
  }

  @Test
  void keepsNoOutput_ofAJobThatWasErasedMeanwhile() {
    UUID jobId = worker.accepted();
    worker.model =
        _ -> {
          worker.jobs.erase(jobId);
          return WorkerOnFakes.answer("forgotten");
        };
    worker.processor.process(jobId);
    Job job = worker.job(jobId);
    assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(job.generation().orElseThrow().output()).isEmpty();
    assertThat(worker.cache.exists(job.inputHash())).isFalse();
  }

  @Test
  void wakesThoseWhoWait() {
    UUID jobId = worker.accepted();
    try (JobWaits.Wait wait =
        worker.waits.begin(jobId, "acme", "r1", Duration.ofSeconds(20)).orElseThrow()) {
      worker.processor.process(jobId);
      assertTimeoutPreemptively(Duration.ofSeconds(10), () -> wait.await(Duration.ofSeconds(20)));
    }
  }

  @Test
  void asksTheFallback_whereTheProviderFails_andDoesNotCacheItsAnswer() {
    worker.model =
        _ -> {
          throw new LlmException(
              new JobError("provider-unavailable", "Failed.", true), new IllegalStateException());
        };
    UUID jobId = worker.accepted("with-fallback", Provider.OPENAI, NewJob.Reuse.USUAL, "fall back");
    worker.processor.process(jobId);
    assertThat(worker.calls.getLast().model()).isEqualTo("spare");
    Job job = worker.job(jobId);
    assertThat(job.generation().orElseThrow().output()).isEqualTo("from the other");
    assertThat(worker.cache.exists(job.inputHash())).isFalse();
    assertCounted("llm_calls_total{provider=\"openai\",outcome=\"provider-unavailable\"}", 1);
  }

  /** The database does not answer when a job is to be ended; then its lease passes. */
  private void processWithoutCommit(UUID jobId) {
    JobProcessor processor = worker.processor(new UncommittedJobRuns(worker.jobs));
    assertThatThrownBy(() -> processor.process(jobId, WorkerOnFakes.time()))
        .isInstanceOf(DatabaseUnavailableException.class);
    assertThat(worker.processor.process(jobId)).isInstanceOf(Delivery.Retry.class);
    worker.clock.advance(JobProcessor.LEASE);
  }

  @Test
  void endsAJobWithTheAnswerThatCouldNotBeCommitted_andPaysForNoOther() {
    UUID jobId = worker.accepted();
    processWithoutCommit(jobId);
    assertThat(worker.processor.process(jobId)).isEqualTo(new Delivery.Done());
    Job job = worker.job(jobId);
    assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(job.attempts()).isEqualTo(1);
    assertThat(job.cost()).contains(WorkerOnFakes.COST);
    assertThat(worker.cache.get(job.inputHash())).isEqualTo(job.cachedResult()).isPresent();
    assertThat(worker.calls).hasSize(1);
    assertThat(worker.parked.find(jobId)).isEmpty();
    assertThat(worker.jobs.spent("anonymous")).isEqualTo(WorkerOnFakes.COST);
  }

  @Test
  void endsAJobWithAParkedAnswer_althoughItsAttemptsAreUsedUp() {
    worker.model = WorkerOnFakes.failing(true);
    UUID jobId = worker.accepted();
    for (int attempt = 1; attempt < WorkerOnFakes.MAX_ATTEMPTS; attempt++) {
      worker.processor.process(jobId);
    }
    worker.model = _ -> WorkerOnFakes.answer("at last");
    processWithoutCommit(jobId);
    assertThat(worker.processor.process(jobId)).isEqualTo(new Delivery.Done());
    assertThat(worker.job(jobId).generation().orElseThrow().output()).isEqualTo("at last");
    assertThat(worker.job(jobId).attempts()).isEqualTo(WorkerOnFakes.MAX_ATTEMPTS);
    assertThat(worker.calls).hasSize(WorkerOnFakes.MAX_ATTEMPTS);
  }

  @Test
  void keepsAParkedAnswer_untilItIsCommitted() {
    UUID jobId = worker.accepted();
    for (int outage = 0; outage < WorkerOnFakes.MAX_ATTEMPTS + 1; outage++) {
      processWithoutCommit(jobId);
    }
    worker.processor.process(jobId);
    assertThat(worker.job(jobId).status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(worker.calls).hasSize(1);
  }

  @Test
  void remembersThatAParkedAnswerIsAFallbacks() {
    worker.model = WorkerOnFakes.failing(true);
    UUID jobId = worker.accepted("with-fallback", Provider.OPENAI, NewJob.Reuse.USUAL, "fall back");
    processWithoutCommit(jobId);
    worker.processor.process(jobId);
    assertThat(worker.job(jobId).status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(worker.job(jobId).cacheableUntil()).isEmpty();
  }

  @Test
  void paysOnce_forAnOutputThatIsTooLarge_andCouldNotBeSaidSo() {
    worker.model = _ -> WorkerOnFakes.answer("x".repeat(Generation.MAX_OUTPUT_BYTES + 1));
    UUID jobId = worker.accepted();
    processWithoutCommit(jobId);
    worker.processor.process(jobId);
    assertFailed(worker.job(jobId), "output-too-large");
    assertThat(worker.calls).hasSize(1);
    assertThat(worker.parked.find(jobId)).isEmpty();
  }

  @Test
  void paysAgain_whenRedisIsDownToo() {
    UUID jobId = worker.accepted();
    worker.parked.setDown(true);
    processWithoutCommit(jobId);
    worker.processor.process(jobId);
    assertThat(worker.job(jobId).status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(worker.job(jobId).attempts()).isEqualTo(2);
    assertThat(worker.calls).hasSize(2);
  }

  @Test
  void bringsBackNothingOfAnErasedJob_ofWhichAnAnswerIsParked() {
    UUID jobId = worker.accepted();
    processWithoutCommit(jobId);
    worker.jobs.erase(jobId);
    assertThat(worker.processor.process(jobId)).isEqualTo(new Delivery.Done());
    assertThat(worker.job(jobId).status()).isEqualTo(JobStatus.CANCELLED);
    assertThat(worker.job(jobId).generation()).isEmpty();
    assertThat(worker.parked.find(jobId)).isEmpty();
    assertThat(worker.calls).hasSize(1);
  }

  @Test
  void parksAnAnswer_whoseDeliveryWasInterrupted() {
    UUID jobId = worker.accepted();
    JobProcessor processor = worker.processor(new UncommittedJobRuns(worker.jobs));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> processor.process(jobId, WorkerOnFakes.time()))
        .isInstanceOf(DatabaseUnavailableException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(worker.parked.find(jobId)).isPresent();
  }

  @Test
  void asksNoFallback_whoseAnswerCouldComeTooLate() {
    worker.model = WorkerOnFakes.failing(true);
    UUID jobId = worker.accepted("with-fallback", Provider.OPENAI, NewJob.Reuse.USUAL, "fall back");
    assertThat(worker.processor.inTime().process(jobId, InvocationTime.of(Duration.ofSeconds(59))))
        .isInstanceOf(Delivery.Retry.class);
    assertThat(worker.calls).hasSize(1);
  }
}
