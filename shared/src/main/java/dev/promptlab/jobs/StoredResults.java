package dev.promptlab.jobs;

import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The results of completed jobs, for many inputs at a time: of each input that of the youngest job
 * whose result may be reused, if its template's version is still in force. What has been
 * invalidated or erased is none. All calls throw {@link
 * dev.promptlab.rdsdata.DatabaseUnavailableException}. Thread-safe.
 */
public interface StoredResults {
  /** Inputs that one call may ask for. */
  int MOST_INPUTS = 100;

  /** The results that answer requests now. */
  List<CachedResult> current(Collection<InputHash> hashes);

  /** The jobs of {@link #current} alone. */
  Set<UUID> currentJobs(Collection<InputHash> hashes);

  /**
   * What it takes to make results anew that have expired, or will soon.
   *
   * @param within how soon
   */
  List<Ageing> ageing(Collection<InputHash> hashes, Duration within);

  /** What a job was asked; empty if that has been erased. */
  Optional<GenerationInput> input(UUID jobId);

  /**
   * A result that has expired, or will soon, without its input and output.
   *
   * @param age since it was completed, in whole seconds, rounded down
   */
  record Ageing(
      UUID jobId,
      InputHash inputHash,
      String account,
      boolean shared,
      String templateId,
      int templateVersion,
      Provider provider,
      Duration age) {}
}
