package dev.promptlab.generation;

/** Tokens, as the provider counted them. */
public record TokenUsage(int inputTokens, int outputTokens) {
  public TokenUsage {
    if (inputTokens < 0 || outputTokens < 0) {
      throw new IllegalArgumentException("negative token count");
    }
  }
}
