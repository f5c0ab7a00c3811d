package dev.promptlab.worker.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.promptlab.jobs.JobError;
import dev.promptlab.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** The body of a refusal, as Anthropic and OpenAI write it. Thread-safe. */
final class ErrorBody {
  /**
   * {@code {"type":"error","error":{"type":…,"message":…}}}; the types are those of
   * docs.claude.com/en/api/errors, and one of llama.cpp, which speaks this too.
   */
  static final ErrorBody ANTHROPIC =
      new ErrorBody(
          Map.of(
              "authentication_error", LlmErrors.AUTH,
              "permission_error", LlmErrors.AUTH,
              "billing_error", LlmErrors.QUOTA_EXHAUSTED,
              "not_found_error", LlmErrors.MODEL_NOT_FOUND,
              "request_too_large", LlmErrors.CONTEXT_TOO_LONG,
              "rate_limit_error", LlmErrors.RATE_LIMITED,
              "exceed_context_size_error", LlmErrors.CONTEXT_TOO_LONG,
              "timeout_error", LlmErrors.TIMEOUT,
              "overloaded_error", LlmErrors.OVERLOADED));

  /**
   * {@code {"error":{"message":…,"type":…,"code":…}}}; the codes are those of
   * platform.openai.com/docs/guides/error-codes. {@code content_filter} is Azure's, {@code
   * exceed_context_size_error} llama.cpp's.
   */
  static final ErrorBody OPENAI =
      new ErrorBody(
          Map.ofEntries(
              Map.entry("invalid_api_key", LlmErrors.AUTH),
              Map.entry("insufficient_quota", LlmErrors.QUOTA_EXHAUSTED),
              Map.entry("billing_hard_limit_reached", LlmErrors.QUOTA_EXHAUSTED),
              Map.entry("billing_not_active", LlmErrors.QUOTA_EXHAUSTED),
              Map.entry("model_not_found", LlmErrors.MODEL_NOT_FOUND),
              Map.entry("rate_limit_exceeded", LlmErrors.RATE_LIMITED),
              Map.entry("context_length_exceeded", LlmErrors.CONTEXT_TOO_LONG),
              Map.entry("string_above_max_length", LlmErrors.CONTEXT_TOO_LONG),
              Map.entry("exceed_context_size_error", LlmErrors.CONTEXT_TOO_LONG),
              Map.entry("content_filter", LlmErrors.CONTENT_FILTERED),
              Map.entry("content_policy_violation", LlmErrors.CONTENT_FILTERED),
              // What the reasoning models say of a prompt that was flagged.
              Map.entry("invalid_prompt", LlmErrors.CONTENT_FILTERED)));

  private final Map<String, JobError> errors;

  private ErrorBody(Map<String, JobError> errors) {
    this.errors = errors;
  }

  /** What a refusal is: by its code, else its type, else its words, else its status. */
  JobError error(int status, byte[] body) {
    JsonNode error = json(body).path("error");
    return named(error.path("code"))
        .or(() -> named(error.path("type")))
        .or(
            () ->
                status == 400
                    ? LlmErrors.ofWords(error.path("message").textValue())
                    : Optional.empty())
        .orElseGet(() -> LlmErrors.ofStatus(status));
  }

  private Optional<JobError> named(JsonNode name) {
    return Optional.ofNullable(name.textValue()).map(errors::get);
  }

  /** Nothing, if it is not JSON: what stands before a provider may answer in its place. */
  private static JsonNode json(byte[] body) {
    try {
      return StrictJson.mapper().readTree(new String(body, StandardCharsets.UTF_8));
    } catch (JsonProcessingException _) {
      return MissingNode.getInstance();
    }
  }
}
