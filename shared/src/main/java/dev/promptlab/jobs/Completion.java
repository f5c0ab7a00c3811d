package dev.promptlab.jobs;

import java.time.Instant;
import java.util.Optional;

/** When a job completed, and until when its result answers equal requests (empty: never). */
public record Completion(Instant completedAt, Optional<Instant> cacheableUntil) {}
