package dev.promptlab.worker.llm;

/** One provider. A call is made once: nothing in here retries. Thread-safe. */
public interface LlmClient {
  /**
   * Asks the model and waits for its whole answer.
   *
   * @throws LlmException if there is none
   */
  LlmAnswer generate(LlmRequest request);
}
