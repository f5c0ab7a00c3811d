package dev.promptlab.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.pricing.UsdAmount;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every result cache does. */
public abstract class ResultCacheContract {
  private final InputHash hash = hash();

  protected abstract ResultCache cache();

  protected abstract Clock clock();

  public static InputHash hash() {
    return InputHash.of(
        Optional.empty(),
        "t1",
        1,
        Provider.ANTHROPIC,
        GenerationInput.text(UUID.randomUUID().toString()));
  }

  /** A result of a job made at a time, to be kept for a while from then. */
  public static CachedResult result(
      InputHash hash, String output, Instant createdAt, Duration life) {
    Instant created = createdAt.truncatedTo(ChronoUnit.MILLIS);
    return new CachedResult(
        UUID.randomUUID(),
        hash,
        "acct_1",
        "t1",
        1,
        Provider.ANTHROPIC,
        new Generation("model-1", output, FinishReason.STOP, new TokenUsage(3, 5)),
        new UsdAmount(28_000),
        1,
        created,
        created.plusMillis(10),
        created.plusMillis(600),
        created.plus(life));
  }

  private CachedResult result(String output) {
    return result(hash, output, clock().instant(), Duration.ofHours(1));
  }

  @Test
  void returnsWhatWasSet() {
    CachedResult small = result("a small output, é 🚀");
    cache().set(small);
    assertThat(cache().get(hash)).contains(small);
    CachedResult large = result("all work and no play ".repeat(20_000));
    cache().set(large);
    assertThat(cache().get(hash)).contains(large);
  }

  @Test
  void returnsWhatItWasFilledWith() {
    CachedResult result = result("from elsewhere");
    cache().fill(result);
    assertThat(cache().get(hash)).contains(result);
  }

  @Test
  void tellsWhetherThereIsOneNow() {
    CachedResult younger = result(hash, "younger", clock().instant(), Duration.ofHours(1));
    assertThat(cache().set(younger)).isTrue();
    assertThat(
            cache()
                .set(result(hash, "older", clock().instant().minusSeconds(9), Duration.ofHours(1))))
        .isTrue();
    assertThat(
            cache()
                .set(result(hash(), "x", clock().instant().minusSeconds(9), Duration.ofSeconds(9))))
        .isFalse();
  }

  @Test
  void tellsThoseOfMany_thatHaveAResult() {
    cache().set(result("x"));
    List<InputHash> many =
        Stream.concat(Stream.of(hash), Stream.generate(ResultCacheContract::hash).limit(1_200))
            .toList();
    assertThat(cache().existing(many)).containsExactly(hash);
    assertThat(cache().existing(List.of())).isEmpty();
  }

  @Test
  void returnsNothing_whenNothingWasSet() {
    assertThat(cache().get(hash)).isEmpty();
    assertThat(cache().exists(hash)).isFalse();
    assertThat(cache().delete(hash)).isFalse();
  }

  @Test
  void forgets_whenDeleted() {
    cache().set(result("x"));
    assertThat(cache().exists(hash)).isTrue();
    assertThat(cache().delete(hash)).isTrue();
    assertThat(cache().get(hash)).isEmpty();
  }

  @Test
  void keepsTheYoungerJobsResult() {
    Instant now = clock().instant();
    CachedResult older = result(hash, "older", now.minusSeconds(5), Duration.ofHours(1));
    CachedResult younger = result(hash, "younger", now, Duration.ofHours(1));
    cache().set(younger);
    cache().set(older);
    assertThat(cache().get(hash)).contains(younger);
    cache().delete(hash);
    cache().set(older);
    cache().set(younger);
    assertThat(cache().get(hash)).contains(younger);
  }

  @Test
  void keepsNothing_whenItsTimeIsOver() {
    cache().set(result(hash, "x", clock().instant().minusSeconds(60), Duration.ofSeconds(60)));
    assertThat(cache().get(hash)).isEmpty();
  }

  @Test
  void setsTheSuppliersResult_onlyWhenThereIsNone() {
    CachedResult first = result("first");
    assertThat(cache().getOrSet(hash, Optional::empty)).isEmpty();
    assertThat(cache().getOrSet(hash, () -> Optional.of(first))).contains(first);
    assertThat(cache().getOrSet(hash, () -> Optional.of(result("second")))).contains(first);
  }

  @Test
  void deletesMany_andWhatMatchesAPattern() {
    InputHash other = hash();
    InputHash third = hash();
    for (InputHash each : List.of(hash, other, third)) {
      cache().set(result(each, "x", clock().instant(), Duration.ofHours(1)));
    }
    cache().deleteAll(List.of(hash, other));
    assertThat(cache().get(hash)).isEmpty();
    assertThat(cache().get(other)).isEmpty();
    assertThat(cache().get(third)).isPresent();
    cache().set(result("again"));
    cache()
        .deleteMatching(
            new KeyPattern("gen:job:hash:" + third.hex().substring(0, 10) + "*"),
            Duration.ofSeconds(10));
    assertThat(cache().get(third)).isEmpty();
    assertThat(cache().get(hash)).isPresent();
    cache().deleteMatching(KeyPattern.everything(), Duration.ofSeconds(10));
    assertThat(cache().get(hash)).isEmpty();
  }
}
