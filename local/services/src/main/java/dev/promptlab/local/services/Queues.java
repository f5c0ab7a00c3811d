package dev.promptlab.local.services;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * The two queues of PromptLab at some SQS, as template.yaml makes them on AWS.
 *
 * @param jobsUrl where the jobs wait
 * @param deadLettersUrl where a message goes that has been received too often
 */
record Queues(String jobsUrl, String deadLettersUrl) {
  static final String JOBS = "promptlab-jobs";
  static final String DEAD_LETTERS = "promptlab-jobs-dlq";

  private static final Duration VISIBILITY = Duration.ofMinutes(9);
  private static final Duration RETENTION_OF_DEAD_LETTERS = Duration.ofDays(14);
  private static final int MAX_RECEIVE_COUNT = 50;

  /**
   * Makes the queues that are not there, and gives those that are there the same settings.
   *
   * @throws LocalServicesException if the SQS does not answer or refuses
   */
  static Queues create(URI endpoint) {
    try (SqsClient sqs = client(endpoint)) {
      String deadLetters = queue(sqs, DEAD_LETTERS);
      String jobs = queue(sqs, JOBS);
      set(sqs, deadLetters, retention());
      set(sqs, jobs, jobSettings(arn(sqs, deadLetters)));
      return new Queues(jobs, deadLetters);
    } catch (SdkException | IllegalArgumentException e) {
      throw new LocalServicesException(
          "The queues cannot be made at the SQS %s (%s): start it or correct SQS_ENDPOINT, or leave that out for the built-in one."
              .formatted(endpoint, LocalServicesException.reason(e)),
          e);
    }
  }

  private static SqsClient client(URI endpoint) {
    return SqsClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .httpClientBuilder(
            UrlConnectionHttpClient.builder().connectionTimeout(Duration.ofSeconds(2)))
        .overrideConfiguration(override -> override.apiCallTimeout(Duration.ofSeconds(10)))
        .build();
  }

  private static String queue(SqsClient sqs, String name) {
    return sqs.createQueue(request -> request.queueName(name)).queueUrl();
  }

  private static void set(
      SqsClient sqs, String queueUrl, Map<QueueAttributeName, String> attributes) {
    sqs.setQueueAttributes(request -> request.queueUrl(queueUrl).attributes(attributes));
  }

  private static Map<QueueAttributeName, String> retention() {
    return Map.of(
        QueueAttributeName.MESSAGE_RETENTION_PERIOD,
        Long.toString(RETENTION_OF_DEAD_LETTERS.toSeconds()));
  }

  private static Map<QueueAttributeName, String> jobSettings(String deadLettersArn) {
    return Map.of(
        QueueAttributeName.VISIBILITY_TIMEOUT,
        Long.toString(VISIBILITY.toSeconds()),
        QueueAttributeName.REDRIVE_POLICY,
        "{\"deadLetterTargetArn\":\"%s\",\"maxReceiveCount\":\"%d\"}"
            .formatted(deadLettersArn, MAX_RECEIVE_COUNT));
  }

  // ElasticMQ's ARNs are not AWS's: they must be read, not built.
  private static String arn(SqsClient sqs, String queueUrl) {
    Map<QueueAttributeName, String> attributes =
        sqs.getQueueAttributes(
                request -> request.queueUrl(queueUrl).attributeNames(QueueAttributeName.QUEUE_ARN))
            .attributes();
    return Objects.requireNonNull(attributes.get(QueueAttributeName.QUEUE_ARN), "QueueArn");
  }
}
