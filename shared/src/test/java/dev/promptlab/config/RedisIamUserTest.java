package dev.promptlab.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RedisIamUserTest {
  @Test
  void isNamedByTheUrl() {
    assertThat(
            RedisIamUser.of(
                URI.create("rediss-cluster://cache:6379?verifyPeer=CA&iam=lab-1:lab-2:eu-west-1")))
        .contains(new RedisIamUser("lab-1", "lab-2", "eu-west-1"));
  }

  @Test
  void isNobody_whereTheUrlNamesNone() {
    assertThat(RedisIamUser.of(URI.create("redis://cache:6379?timeout=1s"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rediss://cache:6379?iam=",
        "rediss://cache:6379?iam=lab",
        "rediss://cache:6379?iam=lab:cache",
        "rediss://cache:6379?iam=lab:cache:",
        "rediss://cache:6379?iam=lab:cache:eu-west-1:more",
        "rediss://cache:6379?iam=Lab:cache:eu-west-1",
        "redis://cache:6379?iam=lab:cache:eu-west-1",
        "redis-cluster://cache:6379?iam=lab:cache:eu-west-1"
      })
  void isRefusedAtStart_whenItIsIncompleteOrWithoutTls(String url) {
    assertThatThrownBy(() -> RedisSettings.of(Environment.of(Map.of("REDIS_URL", url))))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("REDIS_URL: must be");
  }
}
