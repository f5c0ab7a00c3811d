package dev.promptlab.worker.llm;

import dev.promptlab.generation.Generation;

/**
 * What a provider answered.
 *
 * @param cachedInputTokens how many of the prompt's tokens it read from a cache of its own; they
 *     cost less
 */
public record LlmAnswer(Generation generation, int cachedInputTokens) {
  public LlmAnswer {
    if (cachedInputTokens < 0) {
      throw new IllegalArgumentException("negative token count");
    }
  }
}
