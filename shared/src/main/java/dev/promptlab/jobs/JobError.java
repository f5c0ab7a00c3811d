package dev.promptlab.jobs;

/**
 * Why a job failed.
 *
 * @param code stable, kebab-case
 * @param message for people; holds no prompt, no key and nothing of a provider's own words
 * @param retryable whether the same request may succeed another time
 */
public record JobError(String code, String message, boolean retryable) {}
