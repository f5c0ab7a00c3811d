package dev.promptlab.local.migrate;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** What AWS, or its SDK, says of a failed call, in one line. */
final class AwsReason {
  private AwsReason() {}

  static String of(SdkException e) {
    String message =
        e instanceof AwsServiceException service
                && service.awsErrorDetails() != null
                && service.awsErrorDetails().errorMessage() != null
            ? service.awsErrorDetails().errorMessage()
            : String.valueOf(e.getMessage());
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
