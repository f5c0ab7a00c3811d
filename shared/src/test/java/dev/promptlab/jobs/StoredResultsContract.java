package dev.promptlab.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.InvalidationStore;
import dev.promptlab.cache.InvalidationStore.Target;
import dev.promptlab.cache.ResultCacheContract;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.ModelParameters;
import dev.promptlab.templates.TemplateDefinition;
import dev.promptlab.templates.TemplateStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What all stored results do. */
public abstract class StoredResultsContract extends JobStoreFixture {
  private static final Duration QUARTER = Duration.ofMinutes(15);

  /** A template that no other test has. */
  private final String template = "warm-" + UUID.randomUUID();

  protected abstract StoredResults results();

  protected abstract TemplateStore templates();

  protected abstract InvalidationStore invalidations();

  @BeforeEach
  void firstVersion() {
    put("{{input}}");
  }

  private void put(String content) {
    templates()
        .put(
            template,
            new TemplateDefinition(
                template,
                content,
                Optional.empty(),
                Map.of(),
                new ModelParameters(Optional.empty(), Optional.empty()),
                Optional.empty(),
                CacheScope.SHARED,
                List.of()),
            new TemplateStore.Expected.Anything());
  }

  private NewJob job(GenerationInput text, NewJob.Reuse reuse) {
    return new NewJob(
        UUID.randomUUID(),
        account,
        Optional.empty(),
        true,
        template,
        1,
        Provider.OPENAI,
        InputHash.of(Optional.empty(), template, 1, Provider.OPENAI, text),
        text,
        reuse,
        Optional.empty(),
        COST,
        DEADLINE);
  }

  private CachedResult result(
      GenerationInput text, NewJob.Reuse reuse, String output, Duration ttl) {
    UUID token = UUID.randomUUID();
    UUID jobId = claimed(job(text, reuse), token);
    assertThat(runs().complete(jobId, token, generation(output), COST, Optional.of(ttl)))
        .isPresent();
    return job(jobId).cachedResult().orElseThrow();
  }

  private CachedResult result(String output, Duration ttl) {
    return result(another(), NewJob.Reuse.USUAL, output, ttl);
  }

  @Test
  void findsTheYoungestResultOfEachInput_howeverLong() {
    NewJob.Reuse fresh = new NewJob.Reuse(false, true, Optional.empty());
    CachedResult small = result("small", QUARTER);
    CachedResult large = result("é 🚀 ".repeat(100_000), QUARTER);
    CachedResult older = result(input, NewJob.Reuse.USUAL, "older", QUARTER);
    CachedResult younger = result(input, fresh, "younger", QUARTER);
    List<InputHash> hashes = Stream.of(small, large, older).map(CachedResult::inputHash).toList();
    assertThat(results().current(hashes)).containsExactlyInAnyOrder(small, large, younger);
    assertThat(results().currentJobs(hashes))
        .containsExactlyInAnyOrder(small.jobId(), large.jobId(), younger.jobId());
  }

  @Test
  void readsManyAtATime() {
    List<CachedResult> many =
        IntStream.range(0, StoredResults.MOST_INPUTS)
            .mapToObj(i -> result("answer " + i, QUARTER))
            .toList();
    List<InputHash> hashes = many.stream().map(CachedResult::inputHash).toList();
    assertThat(results().current(hashes)).containsExactlyInAnyOrderElementsOf(many);
    List<InputHash> tooMany =
        Stream.concat(hashes.stream(), Stream.of(ResultCacheContract.hash())).toList();
    assertThatThrownBy(() -> results().current(tooMany))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void hasNothing_ofWhatIsUnknownUnfinishedExpiredOrNotForOthers() {
    NewJob active = job(another(), NewJob.Reuse.USUAL);
    queued(active);
    CachedResult expired = result("x", Duration.ZERO);
    NewJob secret = job(another(), new NewJob.Reuse(false, false, Optional.empty()));
    UUID token = UUID.randomUUID();
    claimed(secret, token);
    runs().complete(secret.jobId(), token, generation("secret"), COST, HOUR);
    List<InputHash> hashes =
        List.of(
            ResultCacheContract.hash(),
            active.inputHash(),
            expired.inputHash(),
            secret.inputHash());
    assertThat(results().current(hashes)).isEmpty();
    assertThat(results().currentJobs(hashes)).isEmpty();
    assertThat(results().current(List.of())).isEmpty();
  }

  @Test
  void hasNothing_ofWhatIsInvalidatedOrErased() {
    CachedResult invalidated = result("x", QUARTER);
    CachedResult erased = result("x", QUARTER);
    invalidations().invalidate(new Target.Input(invalidated.inputHash()), "a test");
    store().erase(erased.jobId());
    List<InputHash> hashes = List.of(invalidated.inputHash(), erased.inputHash());
    assertThat(results().current(hashes)).isEmpty();
    assertThat(results().ageing(hashes, Duration.ofDays(1))).isEmpty();
    assertThat(results().input(erased.jobId())).isEmpty();
  }

  @Test
  void hasNothing_ofAVersionThatIsNotInForce() {
    CachedResult old = result("x", QUARTER);
    put("Now: {{input}}");
    assertThat(results().current(List.of(old.inputHash()))).isEmpty();
    assertThat(results().ageing(List.of(old.inputHash()), Duration.ofDays(1))).isEmpty();
  }

  @Test
  void tellsWhatHasExpired_andWhatWillSoon() {
    CachedResult expired = result(input, NewJob.Reuse.USUAL, "x", Duration.ZERO);
    CachedResult soon = result("x", QUARTER.minusMinutes(1));
    CachedResult later = result("x", QUARTER.plusMinutes(1));
    List<StoredResults.Ageing> ageing =
        results()
            .ageing(Stream.of(expired, soon, later).map(CachedResult::inputHash).toList(), QUARTER);
    assertThat(ageing)
        .extracting(StoredResults.Ageing::jobId)
        .containsExactlyInAnyOrder(expired.jobId(), soon.jobId());
    assertThat(ageing)
        .allSatisfy(
            it -> {
              assertThat(it.account()).isEqualTo(account);
              assertThat(it.shared()).isTrue();
              assertThat(it.templateId()).isEqualTo(template);
              assertThat(it.templateVersion()).isEqualTo(1);
              assertThat(it.provider()).isEqualTo(Provider.OPENAI);
              assertThat(it.age()).isBetween(Duration.ZERO, Duration.ofMinutes(5));
            });
    assertThat(results().input(expired.jobId())).contains(input);
  }
}
