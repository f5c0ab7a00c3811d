package dev.promptlab.worker.llm;

/**
 * A provider that this deployment offers.
 *
 * @param defaultModel where a template names none
 */
public record LlmProvider(LlmClient client, String defaultModel) {}
