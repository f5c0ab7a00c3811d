package dev.promptlab.jobs;

import dev.promptlab.generation.Generation;
import dev.promptlab.pricing.UsdAmount;

/**
 * What an LLM call for a job has brought.
 *
 * @param byFallback whether another model than the one that was wanted gave it
 */
public record PaidAnswer(Generation generation, UsdAmount cost, boolean byFallback) {}
