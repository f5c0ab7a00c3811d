package dev.promptlab.aws;

import dev.promptlab.config.RedisIamUser;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;

/**
 * What a user of ElastiCache with IAM authentication gives in place of a password: a request to
 * connect, signed with the credentials that the process has at the time, and good for 15 minutes.
 * Made anew by each {@link #get}, without a call over the network. Thread-safe.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html">Authenticating
 *     with IAM</a>
 */
public final class ElastiCacheToken implements Supplier<String> {
  private static final Duration GOOD_FOR = Duration.ofMinutes(15);
  private static final String SCHEME = "http://";

  private final RedisIamUser user;
  private final AwsCredentialsProvider credentials;
  private final Clock clock;

  ElastiCacheToken(RedisIamUser user, AwsCredentialsProvider credentials, Clock clock) {
    this.user = user;
    this.credentials = credentials;
    this.clock = clock;
  }

  /** With the credentials that the SDK finds: a function's own, also after a restore. */
  public static ElastiCacheToken of(RedisIamUser user, Clock clock) {
    return new ElastiCacheToken(user, DefaultCredentialsProvider.builder().build(), clock);
  }

  /**
   * A new token.
   *
   * @throws software.amazon.awssdk.core.exception.SdkException if there are no credentials
   */
  @Override
  public String get() {
    SdkHttpRequest connect =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.GET)
            .protocol("http")
            .host(user.cache())
            .encodedPath("/")
            .appendRawQueryParameter("Action", "connect")
            .appendRawQueryParameter("ResourceType", "ServerlessCache")
            .appendRawQueryParameter("User", user.user())
            .build();
    return AwsV4HttpSigner.create()
        .sign(
            request ->
                request
                    .identity(credentials.resolveCredentials())
                    .request(connect)
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "elasticache")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, user.region())
                    .putProperty(
                        AwsV4HttpSigner.AUTH_LOCATION,
                        AwsV4FamilyHttpSigner.AuthLocation.QUERY_STRING)
                    .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, GOOD_FOR)
                    .putProperty(AwsV4HttpSigner.SIGNING_CLOCK, clock))
        .request()
        .getUri()
        .toString()
        .substring(SCHEME.length());
  }
}
