package dev.promptlab.aws;

import dev.promptlab.config.Environment;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.RetryStrategy;

/**
 * How every client of an AWS service is built: region, credentials and endpoint from the function's
 * environment, with the SDK's own chain for credentials that are not there, and with time limits
 * that keep the function's promise.
 */
public final class AwsClients {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  private AwsClients() {}

  /**
   * Builds a client; what the builder has by then of interceptors is kept.
   *
   * @param endpointSetting the name of the setting that may override the service's endpoint
   * @param callTimeout for one call, the SDK's retries included
   */
  public static <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C build(
      B builder, Environment environment, String endpointSetting, Duration callTimeout) {
    return build(
        builder,
        environment,
        endpointSetting,
        callTimeout,
        AwsRetryStrategy.standardRetryStrategy());
  }

  /** Builds a client for calls that cost money each. */
  public static <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C>
      C buildWithoutRetries(
          B builder, Environment environment, String endpointSetting, Duration callTimeout) {
    return build(builder, environment, endpointSetting, callTimeout, AwsRetryStrategy.doNotRetry());
  }

  private static <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C build(
      B builder,
      Environment environment,
      String endpointSetting,
      Duration callTimeout,
      RetryStrategy retries) {
    environment.text("AWS_REGION").map(Region::of).ifPresent(builder::region);
    environment.uri(endpointSetting).ifPresent(builder::endpointOverride);
    environment
        .text("AWS_ACCESS_KEY_ID")
        .map(keyId -> credentials(environment, keyId))
        .map(StaticCredentialsProvider::create)
        .ifPresent(builder::credentialsProvider);
    return builder
        .httpClientBuilder(
            UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT_TIMEOUT)
                .socketTimeout(callTimeout))
        .overrideConfiguration(
            builder.overrideConfiguration().toBuilder()
                .apiCallTimeout(callTimeout)
                .retryStrategy(retries)
                .build())
        .build();
  }

  private static AwsCredentials credentials(Environment environment, String keyId) {
    String secret = environment.requiredText("AWS_SECRET_ACCESS_KEY");
    return environment
        .text("AWS_SESSION_TOKEN")
        .<AwsCredentials>map(token -> AwsSessionCredentials.create(keyId, secret, token))
        .orElseGet(() -> AwsBasicCredentials.create(keyId, secret));
  }
}
