package dev.promptlab.worker.llm;

import dev.promptlab.jobs.JobError;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of provider failure, with their stable codes. None repeats a provider's words: they may
 * hold a prompt.
 */
final class LlmErrors {
  static final JobError RATE_LIMITED =
      new JobError(
          "provider-rate-limited", "The provider refused for now: too many requests.", true);
  static final JobError OVERLOADED =
      new JobError("provider-overloaded", "The provider is overloaded.", true);
  static final JobError UNAVAILABLE =
      new JobError("provider-unavailable", "The provider failed.", true);
  static final JobError TIMEOUT =
      new JobError("provider-timeout", "The provider did not answer in time.", true);
  static final JobError NETWORK =
      new JobError("provider-unreachable", "The provider could not be reached.", true);
  static final JobError BAD_ANSWER =
      new JobError("provider-bad-answer", "The provider's answer could not be read.", true);
  static final JobError AUTH =
      new JobError("provider-auth", "The provider refused this deployment's credentials.", false);
  static final JobError QUOTA_EXHAUSTED =
      new JobError(
          "provider-quota-exhausted",
          "This deployment's credit at the provider is used up.",
          false);
  static final JobError MODEL_NOT_FOUND =
      new JobError("provider-model-not-found", "The provider has no such model.", false);
  static final JobError INVALID_REQUEST =
      new JobError(
          "provider-invalid-request", "The provider refused the request as invalid.", false);
  static final JobError CONTEXT_TOO_LONG =
      new JobError("context-too-long", "The prompt is longer than the model can take.", false);
  static final JobError CONTENT_FILTERED =
      new JobError("content-filtered", "The provider's content filter refused.", false);

  /**
   * What only the words of a refusal tell. They are the same for a model wherever it runs, so that
   * one table serves all providers; each is the constant part of a message, in lower case.
   */
  private static final Map<String, JobError> PHRASES =
      Map.ofEntries(
          // Anthropic, also on Bedrock: "prompt is too long: 208656 tokens > 200000 maximum".
          Map.entry("prompt is too long", CONTEXT_TOO_LONG),
          // Anthropic: "input length and `max_tokens` exceed context limit: 199000 + 4096 > …".
          Map.entry("exceed context limit", CONTEXT_TOO_LONG),
          // Bedrock: "Input is too long for requested model."
          Map.entry("input is too long", CONTEXT_TOO_LONG),
          Map.entry("too many input tokens", CONTEXT_TOO_LONG),
          // OpenAI and others with its protocol: "This model's maximum context length is …".
          Map.entry("maximum context length", CONTEXT_TOO_LONG),
          // Anthropic: "Output blocked by content filtering policy".
          Map.entry("content filter", CONTENT_FILTERED),
          // Anthropic: "Your credit balance is too low to access the Anthropic API."
          Map.entry("credit balance is too low", QUOTA_EXHAUSTED),
          // Anthropic: "You have reached your specified API usage limits."
          Map.entry("api usage limits", QUOTA_EXHAUSTED),
          // Bedrock: "The provided model identifier is invalid."
          Map.entry("model identifier is invalid", MODEL_NOT_FOUND));

  private LlmErrors() {}

  /** Whether the provider as a whole seems to be down. */
  static boolean isDown(JobError error) {
    return error.equals(UNAVAILABLE)
        || error.equals(OVERLOADED)
        || error.equals(TIMEOUT)
        || error.equals(NETWORK);
  }

  /** Whether another provider or model may be asked the same: it is not the request's own fault. */
  static boolean isProvidersFault(JobError error) {
    // How much fits is a property of the model.
    return error.retryable()
        || Stream.of(AUTH, QUOTA_EXHAUSTED, MODEL_NOT_FOUND, CONTEXT_TOO_LONG)
            .anyMatch(fault -> fault.code().equals(error.code()));
  }

  /** What an HTTP status other than 2xx means where nothing else is known. */
  static JobError ofStatus(int status) {
    return switch (status) {
      case 401, 403 -> AUTH;
      case 402 -> QUOTA_EXHAUSTED;
      case 404 -> MODEL_NOT_FOUND;
      case 408, 504 -> TIMEOUT;
      case 413 -> CONTEXT_TOO_LONG;
      case 429 -> RATE_LIMITED;
      case 503, 529 -> OVERLOADED;
      default -> status >= 500 ? UNAVAILABLE : status >= 400 ? INVALID_REQUEST : BAD_ANSWER;
    };
  }

  /** What the words of a request's refusal tell, if anything. */
  static Optional<JobError> ofWords(@Nullable String words) {
    if (words == null) {
      return Optional.empty();
    }
    String lowerCase = words.toLowerCase(Locale.ROOT);
    return PHRASES.entrySet().stream()
        .filter(phrase -> lowerCase.contains(phrase.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
