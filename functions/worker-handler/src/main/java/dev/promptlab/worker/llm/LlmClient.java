package dev.promptlab.worker.llm;

import dev.promptlab.generation.Generation;

/** One provider. A call is made once: nothing in here retries. Thread-safe. */
public interface LlmClient {
  /**
   * Asks the model and waits for its whole answer.
   *
   * @throws LlmException if there is none
   */
  Generation generate(LlmRequest request);
}
