package dev.promptlab.worker.llm;

import dev.promptlab.templates.RenderedPrompt;
import java.util.Optional;

/**
 * What a model is asked.
 *
 * @param model as the provider names it
 * @param maxTokens of the answer
 * @param temperature empty: the model's own
 */
public record LlmRequest(
    RenderedPrompt prompt, String model, int maxTokens, Optional<Double> temperature) {}
