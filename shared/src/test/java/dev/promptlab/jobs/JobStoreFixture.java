package dev.promptlab.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.pricing.UsdAmount;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** What tests of job stores have in common. A lease or a deadline of zero has passed at once. */
abstract class JobStoreFixture {
  static final String TEMPLATE = "cmjlfawzg0000pq6xyq5r78ws";
  static final Duration LEASE = Duration.ofMinutes(2);
  static final Duration DEADLINE = Duration.ofMinutes(10);
  static final Optional<Duration> HOUR = Optional.of(Duration.ofHours(1));
  static final JobError ERROR = new JobError("provider-auth", "Refused.", false);
  static final UsdAmount COST = new UsdAmount(210_000);

  final GenerationInput input = GenerationInput.text("é 🚀 " + UUID.randomUUID());

  /** An account that no other test has. */
  final String account = "acct-" + UUID.randomUUID();

  protected abstract JobStore store();

  protected abstract JobRuns runs();

  NewJob newJob() {
    return newJob(input, DEADLINE);
  }

  NewJob newJob(GenerationInput text, Duration deadline) {
    return newJob(account, text, NewJob.Reuse.USUAL, Optional.empty(), COST, deadline);
  }

  NewJob newJob(String caller) {
    return newJob(caller, input, NewJob.Reuse.USUAL, Optional.empty(), COST, DEADLINE);
  }

  NewJob newJob(NewJob.Reuse reuse) {
    return newJob(account, input, reuse, Optional.empty(), COST, DEADLINE);
  }

  NewJob newJob(Provider provider) {
    NewJob job = newJob();
    return new NewJob(
        job.jobId(),
        job.account(),
        job.keyId(),
        job.shared(),
        job.templateId(),
        job.templateVersion(),
        provider,
        InputHash.of(Optional.empty(), TEMPLATE, 1, provider, input),
        job.input(),
        job.reuse(),
        job.idempotency(),
        job.costBound(),
        job.deadline());
  }

  NewJob newJob(String idempotencyKey, String body) {
    return newJob(
        account,
        input,
        NewJob.Reuse.USUAL,
        Optional.of(new NewJob.Idempotency(idempotencyKey, body)),
        COST,
        DEADLINE);
  }

  static NewJob newJob(
      String caller,
      GenerationInput text,
      NewJob.Reuse reuse,
      Optional<NewJob.Idempotency> idempotency,
      UsdAmount costBound,
      Duration deadline) {
    return new NewJob(
        UUID.randomUUID(),
        caller,
        Optional.of(UUID.randomUUID()),
        true,
        TEMPLATE,
        1,
        Provider.OPENAI,
        InputHash.of(Optional.empty(), TEMPLATE, 1, Provider.OPENAI, text),
        text,
        reuse,
        idempotency,
        costBound,
        deadline);
  }

  static Generation generation(String output) {
    return new Generation("model-1", output, FinishReason.STOP, new TokenUsage(12, 34));
  }

  static GenerationInput another() {
    return GenerationInput.text(UUID.randomUUID().toString());
  }

  UUID queued(NewJob job) {
    assertThat(store().accept(job))
        .isInstanceOfSatisfying(
            Acceptance.Queued.class, it -> assertThat(it.jobId()).isEqualTo(job.jobId()));
    return job.jobId();
  }

  UUID queued() {
    return queued(newJob());
  }

  UUID claimed(NewJob job, UUID token) {
    UUID jobId = queued(job);
    assertThat(runs().claim(jobId, token, LEASE, 5)).isInstanceOf(Claim.Claimed.class);
    return jobId;
  }

  UUID claimed(UUID token) {
    return claimed(newJob(), token);
  }

  UUID completed(NewJob job) {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(job, token);
    assertThat(runs().complete(jobId, token, generation("done"), COST, HOUR)).isPresent();
    return jobId;
  }

  Job job(UUID jobId) {
    return store().find(jobId).orElseThrow();
  }
}
