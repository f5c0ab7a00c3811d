package dev.promptlab.generate;

import dev.promptlab.epoch.ChangeLog;
import dev.promptlab.epoch.Committed;
import dev.promptlab.epoch.Epoch;
import dev.promptlab.epoch.EpochUnavailableException;
import dev.promptlab.generate.http.Problem;
import dev.promptlab.generate.http.RefusedException;
import dev.promptlab.jobs.SweepSchedule;
import dev.promptlab.rdsdata.DatabaseUnavailableException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells all instances of a change before its caller is answered. Thread-safe. */
final class Changes {
  /** The sweeper's period. */
  private static final String RETRY_AFTER_SECONDS = "60";

  private static final Duration RETRY_SOON = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

  private final Epoch epoch;
  private final ChangeLog log;
  private final SweepSchedule sweeps;

  Changes(Epoch epoch, ChangeLog log, SweepSchedule sweeps) {
    this.epoch = epoch;
    this.log = log;
    this.sweeps = sweeps;
  }

  /**
   * To be called before a change is committed: should it not come to be told, the sweeper does
   * that.
   *
   * @throws RefusedException 503 if that is not certain: then nothing is to be changed
   */
  void expect() {
    if (!sweeps.expect()) {
      throw new RefusedException(Problems.rateLimiterUnavailable(RETRY_SOON));
    }
  }

  /**
   * Tells of a change; from the return on no instance answers from before it.
   *
   * @throws RefusedException 503 if that is not certain: the sweeper then sees to it
   */
  <T> T tell(Committed<T> change) {
    try {
      epoch.advance();
    } catch (EpochUnavailableException e) {
      LOG.error(
          "Change {} is committed, but not told; the sweeper will tell it: {}",
          change.changeId(),
          e.getMessage());
      LOG.debug("Change {}", change.changeId(), e);
      throw new RefusedException(
          Problem.of(
                  503,
                  "change-not-in-force",
                  "The change is saved, but not in force everywhere yet",
                  "Instances may go by what was before for up to a minute; then it is in force, or repeat the request.")
              .withHeader("Retry-After", RETRY_AFTER_SECONDS));
    }
    try {
      log.told(List.of(change.changeId()));
    } catch (DatabaseUnavailableException e) {
      LOG.warn(
          "Change {} will be told once more by the sweeper: {}", change.changeId(), e.getMessage());
      LOG.debug("Change {}", change.changeId(), e);
    }
    return change.value();
  }
}
