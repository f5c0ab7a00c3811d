package dev.promptlab.generate;

import dev.promptlab.accounts.AccountStore;
import dev.promptlab.cache.InvalidationChannel;
import dev.promptlab.cache.InvalidationStore;
import dev.promptlab.cache.Popularity;
import dev.promptlab.cache.ResultCache;
import dev.promptlab.epoch.ChangeLog;
import dev.promptlab.epoch.Epoch;
import dev.promptlab.flight.Flight;
import dev.promptlab.jobs.JobEnds;
import dev.promptlab.jobs.JobStore;
import dev.promptlab.jobs.JobWaits;
import dev.promptlab.jobs.ParkedAnswers;
import dev.promptlab.jobs.SweepSchedule;
import dev.promptlab.observability.FleetMetrics;
import dev.promptlab.queue.JobQueue;
import dev.promptlab.ratelimit.RateLimiter;
import dev.promptlab.templates.TemplateStore;
import java.util.Map;

/**
 * What this function works on.
 *
 * @param limiter the one that the flight asks
 * @param copies what it remembers of the stores
 * @param healthChecks by name; each throws if what it asks does not answer
 */
record Ports(
    AccountStore accounts,
    TemplateStore templates,
    InvalidationStore invalidations,
    InvalidationChannel invalidationChannel,
    JobStore jobs,
    SweepSchedule sweeps,
    JobEnds ends,
    ParkedAnswers parked,
    JobWaits waits,
    JobQueue queue,
    ResultCache cache,
    Flight flight,
    RateLimiter limiter,
    Epoch epoch,
    ChangeLog changeLog,
    FleetMetrics metrics,
    Popularity popularity,
    Copies copies,
    Map<String, Runnable> healthChecks) {
  /** The same, with others in the places of some. */
  Ports with(
      Flight otherFlight,
      FleetMetrics otherMetrics,
      Popularity otherPopularity,
      Copies otherCopies) {
    return new Ports(
        accounts,
        templates,
        invalidations,
        invalidationChannel,
        jobs,
        sweeps,
        ends,
        parked,
        waits,
        queue,
        cache,
        otherFlight,
        limiter,
        epoch,
        changeLog,
        otherMetrics,
        otherPopularity,
        otherCopies,
        healthChecks);
  }
}
