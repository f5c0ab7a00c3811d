package dev.promptlab.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.promptlab.aws.ElastiCacheToken;
import dev.promptlab.config.RedisIamUser;
import dev.promptlab.config.RedisSettings;
import dev.promptlab.testing.LiveRedis;
import dev.promptlab.testing.SettableClock;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The user that ElastiCache lets in, on a real cluster with TLS. It cannot check signatures: the
 * token of a moment is its user's password.
 */
final class RedisIamUserIT {
  private static final RedisIamUser USER = new RedisIamUser("lab", "lab-cache", "eu-west-1");

  /** The SDK's properties for what a function has of its role. */
  private static final String KEY_ID = "aws.accessKeyId";

  private static final String SECRET = "aws.secretAccessKey";
  private static final Pattern ACCESS_STRING = Pattern.compile("AccessString: '?([^'\n]+)");

  @TempDir private static Path folder;
  private static RedisCluster cluster;

  private final SettableClock clock = new SettableClock();

  @BeforeAll
  static void start() {
    System.setProperty(KEY_ID, "AKIDEXAMPLE");
    System.setProperty(SECRET, "a-secret-of-this-test-only");
    cluster = RedisCluster.start(Optional.of(TlsCertificate.make(folder)));
  }

  @AfterAll
  static void stop() {
    System.clearProperty(KEY_ID);
    System.clearProperty(SECRET);
    cluster.close();
  }

  private RedisConnection connection() {
    URI url = URI.create(cluster.url() + "?verifyPeer=NONE&iam=lab:lab-cache:eu-west-1");
    return new RedisConnection(new RedisSettings(url, Duration.ofSeconds(5)), clock);
  }

  private void admitTokenOfNow() {
    cluster.setUser("lab", "on", "~*", "&*", "+@all", ">" + ElastiCacheToken.of(USER, clock).get());
  }

  @Test
  void isLetInOnEachNode_withTheTokenOfTheMoment() {
    admitTokenOfNow();
    try (RedisConnection redis = connection()) {
      LiveRedis.awaitAnswer(redis);
      for (String key : new String[] {"a", "b", "c", "d", "e"}) {
        Long first = redis.call(commands -> commands.incr(key));
        assertThat(first).isEqualTo(1);
      }
    }
  }

  @Test
  void givesANewToken_whenItConnectsAgain() {
    admitTokenOfNow();
    try (RedisConnection first = connection()) {
      LiveRedis.awaitAnswer(first);
      clock.advance(Duration.ofHours(1));
      admitTokenOfNow();
      // Its user was reset: Redis has closed what it had.
      LiveRedis.awaitAnswer(first);
    }
  }

  @Test
  void isRefused_withAnOldToken() {
    admitTokenOfNow();
    clock.advance(Duration.ofHours(1));
    try (RedisConnection redis = connection()) {
      assertThatThrownBy(redis::check).isInstanceOf(RedisUnavailableException.class);
    }
  }

  @Test
  void mayDoAllThatPromptLabDoes_withTheRightsInTheTemplate() throws IOException {
    Matcher rights = ACCESS_STRING.matcher(Files.readString(Path.of("../template.yaml")));
    assertThat(rights.find()).isTrue();
    cluster.setUser("limited", (rights.group(1) + " >s3cret-of-16-bytes").split(" "));
    URI url =
        URI.create(
            cluster.url().toString().replace("//", "//limited:s3cret-of-16-bytes@")
                + "?verifyPeer=NONE");

    try (PartsOnRedis parts = new PartsOnRedis(url)) {
      parts.assertWork();
      assertThatThrownBy(() -> parts.redis.limits().call(commands -> commands.flushall()))
          .isInstanceOf(RedisUnavailableException.class);
    }
  }
}
