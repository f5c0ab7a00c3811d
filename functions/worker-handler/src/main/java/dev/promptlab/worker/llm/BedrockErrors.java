package dev.promptlab.worker.llm;

import dev.promptlab.jobs.JobError;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.bedrockruntime.model.AccessDeniedException;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeException;
import software.amazon.awssdk.services.bedrockruntime.model.InternalServerException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelErrorException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelNotReadyException;
import software.amazon.awssdk.services.bedrockruntime.model.ModelTimeoutException;
import software.amazon.awssdk.services.bedrockruntime.model.ResourceNotFoundException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceQuotaExceededException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceUnavailableException;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/** What the SDK's exceptions for Bedrock mean: those that the Converse API's reference names. */
final class BedrockErrors {
  /** The SDK's copy of Jackson. */
  private static final String SDK_JSON = "software.amazon.awssdk.thirdparty.jackson.";

  private BedrockErrors() {}

  static LlmException exception(SdkException failure, Instant now) {
    if (failure instanceof BedrockRuntimeException refusal) {
      return new LlmException(
          refusal(refusal), refusal.statusCode(), retryAfter(refusal, now).orElse(null));
    }
    return new LlmException(noAnswer(failure), failure);
  }

  private static JobError refusal(BedrockRuntimeException refusal) {
    return switch (refusal) {
      // "Too many tokens per day, please wait before trying again."
      case ThrottlingException _ when words(refusal).contains(" per day") ->
          LlmErrors.QUOTA_EXHAUSTED;
      case ThrottlingException _ -> LlmErrors.RATE_LIMITED;
      case ServiceQuotaExceededException _ -> LlmErrors.QUOTA_EXHAUSTED;
      case ServiceUnavailableException _ -> LlmErrors.OVERLOADED;
      // The SDK's status of these is 429, 424 and 500.
      case ModelNotReadyException _, ModelErrorException _, InternalServerException _ ->
          LlmErrors.UNAVAILABLE;
      case ModelTimeoutException _ -> LlmErrors.TIMEOUT;
      case AccessDeniedException _ -> LlmErrors.AUTH;
      case ResourceNotFoundException _ -> LlmErrors.MODEL_NOT_FOUND;
      case ValidationException _ ->
          LlmErrors.ofWords(words(refusal)).orElse(LlmErrors.INVALID_REQUEST);
      default -> LlmErrors.ofStatus(refusal.statusCode());
    };
  }

  private static String words(BedrockRuntimeException refusal) {
    @Nullable AwsErrorDetails details = refusal.awsErrorDetails();
    return details == null || details.errorMessage() == null ? "" : details.errorMessage();
  }

  private static Optional<Duration> retryAfter(BedrockRuntimeException refusal, Instant now) {
    return Optional.ofNullable(refusal.awsErrorDetails())
        .map(AwsErrorDetails::sdkHttpResponse)
        .flatMap(
            response -> RetryAfter.of(refusal.statusCode(), response::firstMatchingHeader, now));
  }

  private static JobError noAnswer(SdkException failure) {
    return switch (failure) {
      case ApiCallTimeoutException _, ApiCallAttemptTimeoutException _ -> LlmErrors.TIMEOUT;
      // Interrupted: whoever waited has given up.
      case AbortedException _ -> LlmErrors.TIMEOUT;
      default -> byCause(failure);
    };
  }

  private static JobError byCause(SdkException failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 10; cause = cause.getCause(), depth++) {
      if (cause instanceof AnswerTooLargeException
          || cause.getClass().getName().startsWith(SDK_JSON)) {
        return LlmErrors.BAD_ANSWER;
      }
      if (cause instanceof SocketTimeoutException) {
        return LlmErrors.TIMEOUT;
      }
    }
    return LlmErrors.NETWORK;
  }
}
