package dev.promptlab.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.config.RedisIamUser;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Signatures that botocore 1.43.127 made of the same request: its SigV4QueryAuth. */
final class ElastiCacheTokenTest {
  private static final RedisIamUser USER =
      new RedisIamUser("promptlab-1a2b3c4d", "promptlab-1a2b3c4d", "eu-west-1");
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-26T12:00:00Z"), ZoneOffset.UTC);
  private static final String KEY_ID = "AKIDEXAMPLE";
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

  private static String token(AwsCredentials credentials) {
    return new ElastiCacheToken(USER, StaticCredentialsProvider.create(credentials), NOON).get();
  }

  @Test
  void isTheSignedRequest_withoutItsScheme() {
    String token = token(AwsBasicCredentials.create(KEY_ID, SECRET));

    assertThat(token).startsWith("promptlab-1a2b3c4d/?");
    assertThat(token.substring(token.indexOf('?') + 1).split("&"))
        .containsExactlyInAnyOrder(
            "Action=connect",
            "ResourceType=ServerlessCache",
            "User=promptlab-1a2b3c4d",
            "X-Amz-Algorithm=AWS4-HMAC-SHA256",
            "X-Amz-Credential=AKIDEXAMPLE%2F20261126%2Feu-west-1%2Felasticache%2Faws4_request",
            "X-Amz-Date=20261126T120000Z",
            "X-Amz-Expires=900",
            "X-Amz-SignedHeaders=host",
            "X-Amz-Signature=54b4d7d123363fcbcbd83bc895202c9611a494b6d5fe67f63991ffd93c5905d4");
  }

  @Test
  void carriesTheRolesSessionToo() {
    assertThat(token(AwsSessionCredentials.create(KEY_ID, SECRET, "a-session+token/==")).split("&"))
        .contains(
            "X-Amz-Security-Token=a-session%2Btoken%2F%3D%3D",
            "X-Amz-Signature=763c5b3892a59a6b9abbde09a9dcfde08a6e944ba24220d1f66803da466e2187");
  }
}
