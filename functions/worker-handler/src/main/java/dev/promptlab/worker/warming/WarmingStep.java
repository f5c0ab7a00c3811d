package dev.promptlab.worker.warming;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.Popularity;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.jobs.StoredResults;
import dev.promptlab.jobs.StoredResults.Ageing;
import dev.promptlab.outage.OutageException;
import dev.promptlab.worker.warming.CacheWarmer.Outcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Some inputs of one warming, with what came of each. Run once; not thread-safe. */
final class WarmingStep {
  /**
   * What has been asked for less than that lately, by a list that forgets half of it each hour, is
   * not worth a call that nobody asked for.
   */
  private static final double REQUESTS_WORTH_A_CALL = 1;

  private static final Logger LOG = LoggerFactory.getLogger(WarmingStep.class);

  private final Set<InputHash> existing;
  private final ResultCache cache;
  private final StoredResults results;
  private final Regeneration regeneration;
  private final Duration interval;
  private final RegenerationQuota quota;
  private final List<Popularity.Input> inputs;

  /** Failed, until something else has come of it. */
  private final Map<InputHash, Outcome> outcomes = new LinkedHashMap<>();

  WarmingStep(
      List<Popularity.Input> inputs,
      Set<InputHash> existing,
      ResultCache cache,
      StoredResults results,
      Regeneration regeneration,
      Duration interval,
      RegenerationQuota quota) {
    this.inputs = inputs;
    this.existing = existing;
    this.cache = cache;
    this.results = results;
    this.regeneration = regeneration;
    this.interval = interval;
    this.quota = quota;
    inputs.forEach(input -> outcomes.put(input.hash(), Outcome.FAILED));
  }

  Map<InputHash, Outcome> outcomes() {
    return outcomes;
  }

  void run() {
    Map<Boolean, List<InputHash>> existingOnes =
        outcomes.keySet().stream().collect(Collectors.partitioningBy(existing::contains));
    List<InputHash> missing = Objects.requireNonNull(existingOnes.get(false));
    if (!missing.isEmpty()) {
      fill(missing);
    }
    Objects.requireNonNull(existingOnes.get(true))
        .forEach(hash -> outcomes.put(hash, Outcome.SKIPPED));
    if (!quota.isUsedUp()) {
      regenerate();
    }
  }

  private void regenerate() {
    List<InputHash> worthwhile =
        inputs.stream()
            .filter(input -> input.requests() >= REQUESTS_WORTH_A_CALL)
            .map(Popularity.Input::hash)
            .toList();
    if (worthwhile.isEmpty()) {
      return;
    }
    Map<InputHash, Ageing> ageing = new HashMap<>();
    results.ageing(worthwhile, interval).forEach(it -> ageing.put(it.inputHash(), it));
    // In the order of their popularity.
    worthwhile.stream()
        .flatMap(hash -> Optional.ofNullable(ageing.get(hash)).stream())
        .filter(quota::covers)
        .forEach(this::regenerateOrFail);
  }

  private void regenerateOrFail(Ageing result) {
    try {
      regenerate(result);
    } catch (OutageException e) {
      outcomes.put(result.inputHash(), Outcome.FAILED);
      throw e;
    } catch (RuntimeException e) {
      LOG.error("Job {} cannot be made anew: {}", result.jobId(), e.getClass().getName());
      LOG.debug("Job {}", result.jobId(), e);
      outcomes.put(result.inputHash(), Outcome.FAILED);
    }
  }

  private void regenerate(Ageing result) {
    Optional<GenerationInput> input = results.input(result.jobId());
    if (input.isEmpty()) {
      return;
    }
    Regeneration.Outcome outcome = regeneration.regenerate(result, input.get());
    quota.charge(result, outcome);
    if (outcome == Regeneration.Outcome.MADE) {
      outcomes.put(result.inputHash(), Outcome.REGENERATED);
    }
  }

  private void fill(List<InputHash> missing) {
    List<CachedResult> found = results.current(missing);
    missing.forEach(hash -> outcomes.put(hash, Outcome.SKIPPED));
    found.forEach(
        result ->
            outcomes.put(result.inputHash(), cache.set(result) ? Outcome.WARMED : Outcome.FAILED));
    if (!found.isEmpty()) {
      takeBackWhatIsOver(found);
    }
  }

  /**
   * What was invalidated or erased between the read and the write. What is later than this look,
   * whoever invalidates or erases takes out of the cache after committing it. No request is
   * answered with either.
   */
  private void takeBackWhatIsOver(List<CachedResult> written) {
    Set<UUID> standing;
    try {
      standing = results.currentJobs(written.stream().map(CachedResult::inputHash).toList());
    } catch (OutageException e) {
      written.forEach(result -> takeBack(result, Outcome.FAILED));
      throw e;
    }
    written.stream()
        .filter(result -> !standing.contains(result.jobId()))
        .forEach(result -> takeBack(result, Outcome.SKIPPED));
  }

  private void takeBack(CachedResult result, Outcome outcome) {
    var _ = cache.delete(result.inputHash());
    outcomes.put(result.inputHash(), outcome);
  }
}
