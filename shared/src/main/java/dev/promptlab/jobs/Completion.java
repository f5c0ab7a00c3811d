package dev.promptlab.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * What the end of a job has come to.
 *
 * @param cacheableUntil until when its result answers equal requests; empty: never
 * @param requests how many it answers: the one that made it, and those that joined
 */
public record Completion(Instant completedAt, Optional<Instant> cacheableUntil, int requests) {}
