package dev.promptlab.local.services;

/**
 * What a call asks for.
 *
 * @param prompt everything that it tells the model, as one text
 * @param maxTokens how long the answer may be
 */
record LlmCall(String prompt, int maxTokens) {}
