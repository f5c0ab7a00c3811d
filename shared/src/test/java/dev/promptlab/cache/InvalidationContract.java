package dev.promptlab.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.cache.InvalidationStore.Target;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.jobs.Acceptance;
import dev.promptlab.jobs.JobRuns;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.pricing.UsdAmount;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What an invalidation does to the results of jobs, and to jobs that run. */
public abstract class InvalidationContract {
  private static final Duration LEASE = Duration.ofMinutes(2);
  private static final Optional<Duration> HOUR = Optional.of(Duration.ofHours(1));
  private static final String TEMPLATE = "translate";

  private final GenerationInput input = GenerationInput.text(UUID.randomUUID().toString());
  private final InputHash hash =
      InputHash.of(Optional.empty(), TEMPLATE, 1, Provider.OPENAI, input);

  protected abstract InvalidationStore invalidations();

  protected abstract JobStore store();

  protected abstract JobRuns runs();

  private Acceptance accepted() {
    return store()
        .accept(
            new NewJob(
                UUID.randomUUID(),
                "acct",
                Optional.empty(),
                true,
                TEMPLATE,
                1,
                Provider.OPENAI,
                hash,
                input,
                NewJob.Reuse.USUAL,
                Optional.empty(),
                UsdAmount.ZERO,
                Duration.ofMinutes(10)));
  }

  private UUID queued() {
    return ((Acceptance.Queued) accepted()).jobId();
  }

  private boolean complete(UUID jobId, UUID token) {
    return runs()
        .complete(
            jobId,
            token,
            new Generation("m", "out", FinishReason.STOP, new TokenUsage(1, 1)),
            UsdAmount.ZERO,
            HOUR)
        .orElseThrow()
        .cacheableUntil()
        .isPresent();
  }

  private UUID completed() {
    UUID jobId = queued();
    UUID token = UUID.randomUUID();
    runs().claim(jobId, token, LEASE, 5);
    assertThat(complete(jobId, token)).isTrue();
    return jobId;
  }

  private long invalidate(Target target) {
    return invalidations().invalidate(target, "a test").value();
  }

  @Test
  void letsNoResultBeReused_thatWasThere() {
    for (Target target :
        new Target[] {
          new Target.Input(hash),
          new Target.Template(TEMPLATE),
          new Target.Keys(new KeyPattern("gen:job:hash:" + hash.hex().substring(0, 20) + "*"))
        }) {
      UUID jobId = completed();
      assertThat(accepted()).isEqualTo(new Acceptance.Reused(jobId));
      CachedResult cached = store().find(jobId).orElseThrow().cachedResult().orElseThrow();
      assertThat(invalidations().current().cover(cached)).isFalse();
      assertThat(invalidate(target)).as("%s", target).isPositive();
      assertThat(invalidations().current().cover(cached)).as("a copy elsewhere").isTrue();
      assertThat(store().reusable(hash, Optional.empty())).isEmpty();
      assertThat(invalidate(target)).as("again").isZero();
      pass();
    }
    assertThat(accepted()).isInstanceOf(Acceptance.Queued.class);
  }

  @Test
  void letsOtherResultsBe() {
    UUID jobId = completed();
    invalidate(new Target.Template("summarise"));
    invalidate(new Target.Input(ResultCacheContract.hash()));
    invalidate(new Target.Keys(new KeyPattern("gen:job:hash:")));
    assertThat(accepted()).isEqualTo(new Acceptance.Reused(jobId));
  }

  @Test
  void letsNoJobBringBackWhatWasInvalidated_thatRanMeanwhile() {
    UUID jobId = queued();
    UUID token = UUID.randomUUID();
    runs().claim(jobId, token, LEASE, 5);
    invalidate(new Target.Template(TEMPLATE));
    pass();
    UUID younger = queued();
    assertThat(younger).as("nobody joins it any more").isNotEqualTo(jobId);
    assertThat(complete(jobId, token)).isFalse();
    assertThat(store().reusable(hash, Optional.empty())).isEmpty();
    UUID second = UUID.randomUUID();
    runs().claim(younger, second, LEASE, 5);
    assertThat(complete(younger, second)).isTrue();
    assertThat(store().reusable(hash, Optional.empty())).contains(younger);
  }

  /** Lets a little time pass: what is made within the same millisecond counts as older. */
  protected void pass() {}
}
