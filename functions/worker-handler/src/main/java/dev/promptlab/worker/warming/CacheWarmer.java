package dev.promptlab.worker.warming;

import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.LastWarming;
import dev.promptlab.cache.Popularity;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.jobs.StoredResults;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.Metrics;
import dev.promptlab.outage.OutageException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts popular results back that a cache has lost, from the completed jobs in the database, and
 * makes some anew whose time is over, if that is wanted. Where nothing was asked for since the last
 * run, the database, which may be asleep, is not asked. Safe beside itself. Thread-safe.
 */
final class CacheWarmer {
  /** Of the most popular inputs. */
  static final int MOST_INPUTS = 1_000;

  /** So few that a step does not take long. */
  static final int STEP = 25;

  private static final Logger LOG = LoggerFactory.getLogger(CacheWarmer.class);

  private final Popularity popularity;
  private final LastWarming last;
  private final ResultCache cache;
  private final StoredResults results;
  private final Regeneration regeneration;
  private final WarmingSettings settings;
  private final Metrics metrics;

  CacheWarmer(
      Popularity popularity,
      LastWarming last,
      ResultCache cache,
      StoredResults results,
      Regeneration regeneration,
      WarmingSettings settings,
      Metrics metrics) {
    this.popularity = popularity;
    this.last = last;
    this.cache = cache;
    this.results = results;
    this.regeneration = regeneration;
    this.settings = settings;
    this.metrics = metrics;
  }

  /** What came of one input. */
  enum Outcome {
    WARMED,
    REGENERATED,
    SKIPPED,
    FAILED;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What one run has done.
   *
   * @param considered inputs; each of them is counted once in the following four
   * @param warmed their results are in the cache again
   * @param regenerated there are jobs that make their results anew
   * @param skipped nothing was to be done, or may be
   * @param failed they are left to the next run
   * @param complete false if time ran out, or the database did not answer
   */
  record Report(
      int considered, int warmed, int regenerated, int skipped, int failed, boolean complete) {}

  /**
   * One run.
   *
   * @param timeLeft whether there is time for another step
   * @throws dev.promptlab.cache.CacheUnavailableException if there is no Redis to warm, or to ask
   *     what is popular
   */
  Report warm(BooleanSupplier timeLeft) {
    Popularity.Top top = popularity.top(MOST_INPUTS);
    if (top.inputs().isEmpty() || last.version().filter(top.version()::equals).isPresent()) {
      // Nothing was asked for.
      return report(Map.of(Outcome.SKIPPED, top.inputs().size()), true);
    }
    Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    Set<InputHash> existing =
        cache.existing(top.inputs().stream().map(Popularity.Input::hash).toList());
    boolean complete = steps(top.inputs(), existing, timeLeft, counts);
    if (complete && !counts.containsKey(Outcome.FAILED)) {
      last.set(top.version());
    }
    return report(counts, complete);
  }

  private boolean steps(
      List<Popularity.Input> inputs,
      Set<InputHash> existing,
      BooleanSupplier timeLeft,
      Map<Outcome, Integer> counts) {
    RegenerationQuota quota = new RegenerationQuota(settings.mostRegenerated());
    for (int from = 0; from < inputs.size(); from += STEP) {
      List<Popularity.Input> some = inputs.subList(from, Math.min(inputs.size(), from + STEP));
      if (!timeLeft.getAsBoolean()) {
        LOG.warn("Warming ran out of time after {} of {} inputs", from, inputs.size());
        return false;
      }
      WarmingStep step =
          new WarmingStep(some, existing, cache, results, regeneration, settings.interval(), quota);
      try {
        step.run();
      } catch (OutageException e) {
        LOG.warn("Warming ended after {} of {} inputs: {}", from, inputs.size(), e.getMessage());
        return false;
      } catch (RuntimeException e) {
        // Inputs that something is wrong with keep no others from being warmed.
        LOG.error("Warming failed for some inputs: {}", e.getClass().getName());
        LOG.debug("Warming", e);
      } finally {
        step.outcomes().forEach((_, outcome) -> counts.merge(outcome, 1, Integer::sum));
      }
    }
    return true;
  }

  private Report report(Map<Outcome, Integer> counts, boolean complete) {
    counts.forEach((outcome, n) -> metrics.add(Counter.CACHE_WARMING, n, outcome.wireName()));
    return new Report(
        counts.values().stream().mapToInt(Integer::intValue).sum(),
        counts.getOrDefault(Outcome.WARMED, 0),
        counts.getOrDefault(Outcome.REGENERATED, 0),
        counts.getOrDefault(Outcome.SKIPPED, 0),
        counts.getOrDefault(Outcome.FAILED, 0),
        complete);
  }
}
