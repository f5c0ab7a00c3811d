package dev.promptlab.jobs;

import dev.promptlab.cache.InputHash;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import java.time.Duration;
import java.util.UUID;

/**
 * A request that no cached result answered.
 *
 * @param jobId the id that it gets if it becomes a job; made by the caller, so that a repeat is
 *     recognised
 * @param deadline from acceptance to its end
 */
public record NewJob(
    UUID jobId,
    String account,
    boolean shared,
    String templateId,
    int templateVersion,
    Provider provider,
    InputHash inputHash,
    GenerationInput input,
    Duration deadline) {}
